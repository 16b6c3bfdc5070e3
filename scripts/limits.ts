// `npm run limits`: what must fit into memory at the sizes that are promised, on the real log. Too long for `npm test`, which does the same at a
// hundredth of the size. Exit code: 0 when it fits, 1 when it does not, 2 for wrong arguments.
import { parseArgs } from 'node:util'
import { faultsOf, keyExplosion, RUN_BYTES } from './limits/key-explosion.ts'
import { waitingMemory, WAITING_BYTES } from './limits/waiting-memory.ts'

const HELP = `Limits at full size.

  npm run limits -- [--only NAMES] [--predictions N] [--keys N]

  --only NAMES      some of predictions,keys; all by default
  --predictions N   how many wait for their labels, 100,000,000 by default; each may take ${WAITING_BYTES} bytes of memory
  --keys N          how many keys a run sees once each, 20,000,000 by default; all its processes may take ${megabytes(RUN_BYTES)}`

interface Asked {
  readonly only: readonly string[]
  readonly predictions: number
  readonly keys: number
}

const LIMITS: Readonly<Record<string, (asked: Asked) => Promise<boolean>>> = {
  predictions: async ({ predictions }) => {
    const most = predictions * WAITING_BYTES
    const { memoryBytes, inRuns } = await waitingMemory(predictions)
    console.log(
      `${figure(predictions)} predictions wait, ${figure(inRuns)} of them in runs of the log: ${megabytes(memoryBytes)} of memory, ${(memoryBytes / predictions).toFixed(2)} bytes each; at most ${megabytes(most)}`,
    )
    return memoryBytes < most
  },
  keys: async ({ keys }) => {
    const came = await keyExplosion(keys)
    const { sets, wallSeconds, peakMemoryBytes, killed } = came
    const held =
      killed === undefined ? 'without a limit' : `within a limit of ${megabytes(RUN_BYTES)}`
    console.log(
      `${figure(keys)} keys once each, ${held}: ${figure(keys / wallSeconds)} a second, peaks of the processes ${megabytes(peakMemoryBytes)} with what they share`,
    )
    for (const each of sets)
      console.log(
        `  ${each.set}: ${figure(each.keys)} kept, ${figure(each.expired)} expired, ${figure(each.evicted)} evicted`,
      )
    const faults = faultsOf(came)
    for (const fault of faults) console.log(`  ${fault}`)
    return faults.length === 0
  },
}

process.exitCode = await main()

async function main(): Promise<number> {
  const asked = parsedArguments()
  if (asked === undefined) {
    console.error(HELP)
    return 2
  }
  let fits = true
  for (const name of asked.only) fits = (await LIMITS[name](asked)) && fits
  return fits ? 0 : 1
}

function figure(count: number): string {
  return Math.round(count).toLocaleString('en')
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`
}

/** undefined: something is wrong, or help is wanted. */
function parsedArguments(): Asked | undefined {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', default: Object.keys(LIMITS).join() },
        predictions: { type: 'string', default: '100000000' },
        keys: { type: 'string', default: '20000000' },
        help: { type: 'boolean' },
      },
    })
    const only = values.only.split(',')
    const [predictions, keys] = [Number(values.predictions), Number(values.keys)]
    const isCount = (count: number): boolean => Number.isSafeInteger(count) && count > 0
    const isRight = isCount(predictions) && isCount(keys) && only.every((name) => name in LIMITS)
    return values.help === true || !isRight ? undefined : { only, predictions, keys }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return undefined
  }
}
