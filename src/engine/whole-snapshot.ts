// The newest whole snapshot of a task, or the newest before something: found by a few records, whatever else is kept. A task that keeps much
// for replays comes back as fast as one that keeps nothing.
import { valueBytes } from '../base/records.ts'
import type { Log } from '../contracts/log.ts'
import { lastRecord } from './last-record.ts'
import { decodeSnapshot, type SnapshotPart, type SnapshotRecord } from './snapshot-record.ts'
import type { TaskSpec } from './task-spec.ts'
import { snapshotsTopic } from './task-names.ts'

export interface WholeSnapshot extends SnapshotPart {
  /** Offset of its last chunk. */
  readonly end: number
}

interface Found {
  readonly offset: number
  readonly record: SnapshotRecord
}

/**
 * @param counts whether a chunk counts: those before one that does do, too. Default: all do.
 * @returns undefined where no whole snapshot is kept.
 */
export async function wholeSnapshot(
  log: Log,
  task: TaskSpec,
  counts?: (part: SnapshotPart) => boolean,
): Promise<WholeSnapshot | undefined> {
  const chunks = new Chunks(log, task)
  const found = await (counts === undefined ? chunks.last() : chunks.lastThat(counts))
  if (found === undefined) return undefined
  const { before, last } = found.record
  const end = last ? found : before < 0 ? undefined : await chunks.from(before, before + 1)
  return end === undefined ? undefined : { ...end.record, end: end.offset }
}

class Chunks {
  readonly #log: Log
  readonly #topic: string
  readonly #partition: number

  constructor(log: Log, { pipeline, stage, number }: TaskSpec) {
    this.#log = log
    this.#topic = snapshotsTopic(pipeline, stage)
    this.#partition = number
  }

  async last(): Promise<Found | undefined> {
    const last = await lastRecord(this.#log, this.#topic, this.#partition)
    return last && { offset: last.offset, record: decodeSnapshot(valueBytes(last.record, 0)) }
  }

  async lastThat(counts: (part: SnapshotPart) => boolean): Promise<Found | undefined> {
    const part = (await this.#log.topic(this.#topic))?.parts[this.#partition]
    let [from, to] = [part?.start ?? 0, part?.end ?? 0]
    let best: Found | undefined
    while (from < to) {
      const middle = Math.floor((from + to) / 2)
      const found = await this.from(middle, to)
      if (found !== undefined && counts(found.record)) {
        best = found
        from = found.offset + 1
      } else to = middle
    }
    return best
  }

  /** The first at or behind an offset, before another; undefined where there is none, or it is no longer kept. */
  async from(offset: number, to: number): Promise<Found | undefined> {
    const start = (await this.#log.topic(this.#topic))?.parts[this.#partition].start ?? 0
    for (let at = offset; at < to && at >= start;) {
      const { runs, next } = await this.#log.read(
        [{ topic: this.#topic, partition: this.#partition, offset: at }],
        { maxBytes: 1, maxWaitMs: 0 },
      )
      for (const { offsets, records } of runs)
        for (let i = 0; i < records.count; i++)
          if (offsets[i] >= offset)
            return offsets[i] < to
              ? { offset: offsets[i], record: decodeSnapshot(valueBytes(records, i).slice()) }
              : undefined
      if (next[0].offset <= at) return undefined
      at = next[0].offset
    }
    return undefined
  }
}
