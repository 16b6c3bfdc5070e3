// Reading one partition: from its segments while the journal does not hold the offset, else from the journal.
// Only what is durable is in either; a read is synchronous, so nothing is recycled under it.
import { StateError } from '../../base/errors.ts'
import type { ReadFrom, ReadRun } from '../../contracts/log.ts'
import type { Partition } from './catalog.ts'
import type { Journal } from './journal.ts'
import { bodyIsWhole, corruptMessage, decodeRun, readRunHeader, recordsFrom } from './run.ts'
import type { SegmentFiles, Stretch } from './segment-files.ts'

/** Refuses an offset that is not kept, or not there yet and never will be asked for rightly. */
export function checkOffset(partition: Partition, offset: number): void {
  if (offset >= partition.start && offset <= partition.end) return
  const { topic, index, start, end } = partition
  const place = `'${topic.spec.name}' partition ${index}`
  throw new StateError(
    'ML_OFFSET_GONE',
    offset < start
      ? `offset ${offset} of ${place} must still be kept; the oldest that is kept is ${start}: retention or a trim removed it, go on from ${start} or accept the gap`
      : `offset ${offset} of ${place} must be at most its end; found the end at ${end}: the position belongs to another log`,
    { details: { topic: topic.spec.name, partition: index, offset, start, end } },
  )
}

/** Whole runs from the offset on, about `maxBytes` and at least one run; undefined at the end of what is durable. */
export function readStretch(
  partition: Partition,
  want: { readonly offset: number; readonly maxBytes: number },
  files: { readonly journal: Journal; readonly segments: SegmentFiles },
): Stretch | undefined {
  if (want.offset >= partition.end) return undefined
  if (want.offset >= partition.journalStart) return readJournal(partition, want, files.journal)
  const segment = partition.segments.find(({ end }) => end > want.offset)
  if (segment === undefined) {
    throw new StateError(
      'ML_INTERNAL',
      'broken invariant: an offset below the journal lies in a segment',
      {
        details: {
          topic: partition.topic.spec.name,
          partition: partition.index,
          offset: want.offset,
        },
      },
    )
  }
  return files.segments.read(partition, segment, want)
}

function readJournal(
  partition: Partition,
  want: { offset: number; maxBytes: number },
  journal: Journal,
): Stretch {
  const index = partition.journal
  const first = index.find(want.offset)
  let length = index.bytes(first)
  let last = first + 1
  while (last < index.length && length + index.bytes(last) <= want.maxBytes)
    length += index.bytes(last++)
  const bytes = Buffer.allocUnsafeSlow(length)
  let at = 0
  for (let i = first; i < last; i++) {
    const segment = journal.segments.get(index.segment(i))
    at += segment?.slot.file.read(index.position(i), bytes, at, index.bytes(i)) ?? 0
  }
  return { bytes, next: last < index.length ? index.base(last) : partition.end }
}

/**
 * The runs in a stretch, their records from the asked offset on, as views.
 * @throws StateError ML_LOG_CORRUPT when they are not what was written.
 */
export function runsOf(bytes: Buffer, from: ReadFrom): ReadRun[] {
  const runs: ReadRun[] = []
  for (let at = 0; at < bytes.length;) {
    const header = readRunHeader(bytes, at)
    if (header === undefined || !bodyIsWhole(bytes, at, header)) {
      throw new StateError('ML_LOG_CORRUPT', corruptMessage('a run of records'), {
        details: { topic: from.topic, partition: from.partition, offset: from.offset },
      })
    }
    const records = recordsFrom(decodeRun(bytes, at, header), header.base, from.offset)
    const offsets = new Float64Array(records.count)
    const base = Math.max(header.base, from.offset)
    for (let i = 0; i < offsets.length; i++) offsets[i] = base + i
    const { appendedAt } = header
    const appended = [appendedAt, appendedAt] as const
    runs.push({ topic: from.topic, partition: from.partition, offsets, records, appended })
    at += header.length
  }
  return runs
}
