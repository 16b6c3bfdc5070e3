// Every payment has one score, and it is the right one.
import { recordText } from '../../src/base/records.ts'
import { openLog } from '../../src/index.ts'

/** As far as a score may be from the golden one. */
const TOLERANCE = 1e-6

export interface CheckedScores {
  /** Payments without a score. */
  readonly missing: number
  /** Scores beyond the first of a payment. */
  readonly repeated: number
  /** Scores that are not the golden ones; undefined where those are not at hand. */
  readonly wrong: number | undefined
  /** The greatest distance from a golden score. */
  readonly apart: number | undefined
}

export async function checkScores(
  folder: string,
  events: number,
  golden: Float64Array | undefined,
): Promise<CheckedScores> {
  const seen = new Uint8Array(events)
  let repeated = 0
  let wrong = 0
  let apart = 0
  const { log } = await openLog(folder, { mustExist: true })
  const info = await log.topic('scores')
  for (let partition = 0; partition < (info?.partitions ?? 0); partition++) {
    for (let offset = 0, end = 1; offset < end;) {
      const from = [{ topic: 'scores', partition, offset }]
      const { runs, next } = await log.read(from, { maxBytes: 1 << 22, maxWaitMs: 0 })
      for (const { records } of runs) {
        for (let i = 0; i < records.count; i++) {
          const { id, score }: { id: number; score: number } = JSON.parse(
            recordText(records, i, 'value'),
          )
          if (seen[id]++ > 0) repeated++
          const distance = golden === undefined ? 0 : Math.abs(score - golden[id])
          if (!(distance <= TOLERANCE)) wrong++
          apart = Math.max(apart, distance)
        }
      }
      offset = next[0].offset
      end = next[0].end
    }
  }
  await log.close()
  const missing = seen.reduce((sum, count) => sum + (count === 0 ? 1 : 0), 0)
  return golden === undefined
    ? { missing, repeated, wrong: undefined, apart: undefined }
    : { missing, repeated, wrong, apart }
}
