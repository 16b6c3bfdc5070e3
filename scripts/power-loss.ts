// `npm run power-loss`: 50,000 images of what a power cut leaves of the log, from traces of real writes and flushes; each must open with all that
// was acknowledged.
// `--seed N`: those of one seed; `--images N`: so many. Exit code: 0 when all do, 1 when one does not, 2 when the arguments are wrong.
import { parseArgs } from 'node:util'
import { noCounts, powerLoss } from '../test/log/power-loss/power-loss.ts'

const HELP = `What a power cut leaves of the log, from traces of real writes and flushes.

  npm run power-loss              50,000 images, each opened again
  npm run power-loss -- --seed N  those of one seed`

const asked = askedFor()
process.exitCode = asked === undefined ? 2 : await main(asked)

async function main({ seed, images }: NonNullable<typeof asked>): Promise<number> {
  const counts = noCounts()
  try {
    if (seed !== undefined) await powerLoss(seed, counts)
    else
      for (let next = 1; counts.images < images; next++)
        await powerLoss(next, counts, { most: images })
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 1
  }
  const { kinds, ...totals } = counts
  const row = (name: string, count: number): string =>
    `${count.toLocaleString('en').padStart(14)}  ${name}`
  for (const [name, count] of Object.entries(totals)) console.log(row(name, count))
  for (const [kind, count] of Object.entries(kinds))
    console.log(row(`of the events: ${kind}`, count))
  return 0
}

function askedFor(): { seed: number | undefined; images: number } | undefined {
  try {
    const { values } = parseArgs({
      options: { seed: { type: 'string' }, images: { type: 'string' } },
    })
    const seed = values.seed === undefined ? undefined : Number(values.seed)
    const images = Number(values.images ?? 50_000)
    if (Number.isInteger(images) && (seed === undefined || Number.isInteger(seed)))
      return { seed, images }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
  }
  console.error(HELP)
  return undefined
}
