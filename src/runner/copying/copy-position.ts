// How far the sources of a topic were copied: records of a topic beside it, the newest of a source counts.
import { recordText } from '../../base/records.ts'
import type { Log } from '../../contracts/log.ts'
import { internalTopic } from '../../engine/task-names.ts'

export interface CopyPosition {
  /** `SourceBatch.next`; undefined before the first batch. */
  readonly at: string | undefined
  /** Records of the source up to there. */
  readonly records: number
  readonly odd: number
  readonly firstOdd: string | undefined
  /** The greatest time of a record, ms. */
  readonly time: number
  /** Whether the source was read to its end. */
  readonly finished: boolean
  /** Whether the topic's end was written behind it. */
  readonly ended: boolean
  /** How its records were made, by option, where who copied them said so. */
  readonly by?: CopiedBy | undefined
}

export type CopiedBy = Readonly<Record<string, string>>

export function positionsTopic(topic: string): string {
  return internalTopic('millrace', 'copied', topic)
}

export async function ensurePositions(log: Log, topic: string): Promise<void> {
  const name = positionsTopic(topic)
  if ((await log.topic(name)) === undefined) await log.ensureTopic({ name, partitions: 1 })
}

/** The newest position of each source, by its name. */
export async function positionsIn(log: Log, topic: string): Promise<Map<string, CopyPosition>> {
  const name = positionsTopic(topic)
  const positions = new Map<string, CopyPosition>()
  let offset = (await log.topic(name))?.parts[0].start ?? 0
  for (;;) {
    const { runs, next } = await log.read([{ topic: name, partition: 0, offset }], {
      maxBytes: 4 << 20,
      maxWaitMs: 0,
    })
    for (const { offsets, records } of runs) {
      for (let row = 0; row < records.count; row++) {
        if (offsets[row] < offset) continue
        positions.set(
          recordText(records, row, 'key'),
          JSON.parse(recordText(records, row, 'value')),
        )
      }
    }
    if (next[0].offset >= next[0].end) return positions
    offset = next[0].offset
  }
}
