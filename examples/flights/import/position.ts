// How far a topic is written, read back from the topic itself: after a kill the import goes on behind it,
// so that the same records come in the same order as without the kill.
import type { Log } from '../../../src/contracts/log.ts'
import { progressAt } from '../../../src/contracts/progress.ts'
import { recordText } from '../../../src/base/records.ts'
import { flightRow } from './event-bytes.ts'

/** A place in a topic's order: by time, progress before the events of its time, events by row. */
export interface Position {
  /** ms; Infinity after the end. */
  readonly time: number
  /** -1 for progress. */
  readonly row: number
}

export const BEGINNING: Position = { time: -Infinity, row: -1 }

export function isBehind(position: Position, time: number, row: number): boolean {
  return position.time < time || (position.time === time && position.row < row)
}

/**
 * The last record of a topic over all its partitions. What a producer wrote is a prefix of what it was given,
 * over all partitions together; so everything up to this place is there, and nothing behind it.
 */
export async function lastPosition(log: Log, topic: string): Promise<Position> {
  return newest(await recordsBeforeEnd(log, topic, 1))
}

/** The row of the last event of a topic that has ended: its end was written right behind it, to every partition. */
export async function lastRow(log: Log, topic: string): Promise<number> {
  return newest(await recordsBeforeEnd(log, topic, 2)).row
}

function newest(positions: readonly Position[]): Position {
  return positions.reduce((a, b) => (isBehind(a, b.time, b.row) ? b : a), BEGINNING)
}

async function recordsBeforeEnd(log: Log, topic: string, back: number): Promise<Position[]> {
  const parts = (await log.topic(topic))?.parts ?? []
  const found: Position[] = []
  for (const [partition, { start, end }] of parts.entries()) {
    if (end - back < start) continue
    const from = [{ topic, partition, offset: end - back }]
    const { runs } = await log.read(from, { maxBytes: 1, maxWaitMs: 0 })
    const { records } = runs[0]
    const progress = progressAt(records, 0)
    const row = progress === undefined ? flightRow(recordText(records, 0, 'key')) : -1
    found.push({ time: progress ?? records.times[0], row })
  }
  return found
}
