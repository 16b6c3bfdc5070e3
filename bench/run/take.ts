// A process of its own for one measure, so that none is faster or slower for what another one left behind: node bench/run/take.ts NAME.
import { MEASURES } from './all.ts'
import type { Outcome } from './result.ts'

const measure = MEASURES.get(process.argv[2])
if (measure === undefined) throw new Error(`there is no measure ${process.argv[2]}`)
process.send?.(await outcome(measure))
process.disconnect?.()

async function outcome({ notHere, take }: typeof measure & {}): Promise<Outcome> {
  const why = notHere?.()
  if (why !== undefined) return { kind: 'not here', why }
  try {
    return { kind: 'taken', figures: await take() }
  } catch (error) {
    return { kind: 'failed', why: error instanceof Error ? error.message : String(error) }
  }
}
