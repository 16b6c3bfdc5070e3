// `npm run limits`: what must fit into memory at the sizes that are promised, on the real log. Too long for `npm test`, which does the same at a
// hundredth of the size. Exit code: 0 when it fits, 1 when it does not, 2 for wrong arguments.
import { parseArgs } from 'node:util'
import { waitingMemory, WAITING_BYTES } from './limits/waiting-memory.ts'

const HELP = `Limits at full size.

  npm run limits -- [--predictions N]   how many wait for their labels, 100,000,000 by default; each may take ${WAITING_BYTES} bytes of memory`

process.exitCode = await main()

async function main(): Promise<number> {
  const predictions = predictionsAsked()
  if (predictions === undefined) {
    console.error(HELP)
    return 2
  }
  const most = predictions * WAITING_BYTES
  const { memoryBytes, inRuns } = await waitingMemory(predictions)
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`
  console.log(
    `${predictions.toLocaleString('en')} predictions wait, ${inRuns.toLocaleString('en')} of them in runs of the log: ${megabytes(memoryBytes)} of memory, ${(memoryBytes / predictions).toFixed(2)} bytes each; at most ${megabytes(most)}`,
  )
  return memoryBytes < most ? 0 : 1
}

/** undefined: something is wrong, or help is wanted. */
function predictionsAsked(): number | undefined {
  try {
    const { values } = parseArgs({
      options: { predictions: { type: 'string', default: '100000000' }, help: { type: 'boolean' } },
    })
    const asked = Number(values.predictions)
    return values.help === true || !Number.isSafeInteger(asked) || asked < 1 ? undefined : asked
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return undefined
  }
}
