// A gap: records that a source had not read yet, and that are no longer kept. A source never passes one by itself: a person accepts it,
// and that is recorded before the source goes on behind it.
import { StateError } from '../base/errors.ts'

/** Offsets [from, to) of a partition, which a source passes without having read them. */
export interface Gap {
  readonly topic: string
  readonly partition: number
  readonly from: number
  readonly to: number
}

/** Where a source stands, and what is kept of its partition. */
export interface SourceStand {
  readonly topic: string
  readonly partition: number
  /** The next offset it reads. */
  readonly next: number
  readonly start: number
  readonly end: number
  /** When it read last, ms since 1970; NaN where it never did. */
  readonly readAt: number
}

/** The next offset of a source, behind the gaps that were accepted. */
export function behindGaps(
  gaps: readonly Gap[],
  { topic, partition, next }: Pick<SourceStand, 'topic' | 'partition' | 'next'>,
): number {
  let offset = next
  for (const gap of gaps)
    if (gap.topic === topic && gap.partition === partition && gap.from <= offset && offset < gap.to)
      offset = gap.to
  return offset
}

/** What is missing where it stands; undefined: nothing. @throws StateError ML_GAP when it stands behind the end of its partition. */
export function gapAt(stand: SourceStand): Gap | undefined {
  const { topic, partition, next, start, end } = stand
  if (next > end) throw madeAgain(stand)
  return next < start ? { topic, partition, from: next, to: start } : undefined
}

export function gapError({ topic, partition, next, start, end, readAt }: SourceStand): StateError {
  return new StateError(
    'ML_GAP',
    `the next record of topic '${topic}', partition ${partition}, must still be kept; found that offset ${next} is the next one to read and ${start} the first one kept: at most ${start - next} records are gone${sinceText(readAt)}; append them again, or go on without them: millrace run FILE --accept-gap`,
    { details: { topic, partition, next, start, end } },
  )
}

function madeAgain({ topic, partition, next, start, end, readAt }: SourceStand): StateError {
  return new StateError(
    'ML_GAP',
    `topic '${topic}', partition ${partition}, must reach as far as it was read; found that ${next} offsets were read and that it ends at ${end}${sinceText(readAt)}: the topic was deleted and made again, or lost its end; its offsets now stand for other records, so that no run can go on: give the stream a topic of another name`,
    { details: { topic, partition, next, start, end } },
  )
}

function sinceText(readAt: number): string {
  return Number.isFinite(readAt) ? `, since ${new Date(readAt).toISOString()}` : ''
}
