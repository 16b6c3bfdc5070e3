// Checks segment files against the checkpoint that names them, and against the digests of a backup where there are any.
import { MillraceError } from '../../base/errors.ts'
import type { Disk, DiskFile } from '../../contracts/disk.ts'
import type { Checkpoint } from '../embedded/checkpoint.ts'
import type { Piece } from './manifest.ts'
import { PieceDigests } from './piece-digests.ts'
import type { Problem } from './problem.ts'
import { segmentsOf, type SegmentFile } from './segment-list.ts'
import { walkSegment } from './walk-segment.ts'

export interface CheckOptions {
  readonly disk: Disk
  readonly checkpoint: Checkpoint
  /** Pieces of each segment, by its name; undefined for a log, which has no digests. */
  readonly files: Readonly<Record<string, readonly Piece[]>> | undefined
  readonly signal: AbortSignal
  readonly onProgress: (bytes: number, total: number) => void
}

export interface Checked {
  readonly files: number
  readonly bytes: number
  readonly runs: number
  readonly records: number
  readonly problems: readonly Problem[]
}

/** Reads every byte that counts. What is wrong is in the result; only what keeps it from reading at all is thrown. */
export async function checkSegments(options: CheckOptions): Promise<Checked> {
  const { disk, checkpoint, files, signal, onProgress } = options
  const segments = segmentsOf(checkpoint)
  const total = segments.reduce((sum, { bytes }) => sum + bytes, 0)
  const problems: Problem[] = [...partitionProblems(checkpoint, segments)]
  const counts = { runs: 0, records: 0 }
  const names = new Set(disk.list())
  let bytes = 0
  for (const segment of segments) {
    const found = (problem: Problem): void => void problems.push(problem)
    const before = bytes
    if (!names.has(segment.name)) {
      found(missing(segment))
      continue
    }
    const pieces = files && (files[segment.name] ?? [])
    const chunks = checkSegment(disk, segment, { pieces, counts, found })
    for (const chunk of chunks) {
      onProgress((bytes += chunk.length), total)
      await new Promise((resolve) => setImmediate(resolve))
      signal.throwIfAborted()
    }
    onProgress((bytes = before + segment.bytes), total)
  }
  return { files: segments.length, bytes: total, ...counts, problems }
}

/** What is wrong with the list itself: every record that is kept lies in exactly one segment. */
function* partitionProblems(
  { topics }: Checkpoint,
  segments: readonly SegmentFile[],
): Generator<Problem> {
  for (const { name: topic, number, parts } of topics) {
    for (const [partition, [start, copied]] of parts.entries()) {
      const own = segments.filter((each) => each.number === number && each.partition === partition)
      // What lies before the start may be gone; behind it there is no gap.
      let next = start
      for (const { name, base, end } of own) {
        if (base > next && base > start)
          yield { file: name, topic, partition, offset: next, what: gap(topic, next, base) }
        next = Math.max(next, end)
      }
      if (next < copied)
        yield { file: 'checkpoint', topic, partition, offset: next, what: gap(topic, next, copied) }
    }
  }
}

function gap(topic: string, next: number, found: number): string {
  return `expected record ${next} of '${topic}' in a segment, found none before ${found}`
}

function missing({ name, topic, partition, base }: SegmentFile): Problem {
  return { file: name, topic, partition, offset: base, what: 'expected the file, found none' }
}

function* checkSegment(
  disk: Disk,
  segment: SegmentFile,
  of: {
    readonly pieces: readonly Piece[] | undefined
    readonly counts: { runs: number; records: number }
    readonly found: (problem: Problem) => void
  },
): Generator<Buffer> {
  const { pieces, counts, found } = of
  const file = openFile(disk, segment.name, found)
  if (file === undefined) return
  let broken = false
  // Where a run is broken, that says more than the digest around it.
  const digests =
    pieces && new PieceDigests(segment, pieces, (problem) => !broken && found(problem))
  try {
    const chunks = walkSegment(file, segment, {
      from: { position: 0, offset: segment.base },
      to: { position: segment.bytes, offset: segment.end },
      counts,
      found: (problem) => {
        broken = true
        found(problem)
      },
    })
    for (const chunk of chunks) {
      digests?.take(chunk)
      yield chunk
    }
  } finally {
    file.close()
  }
}

function openFile(
  disk: Disk,
  name: string,
  found: (problem: Problem) => void,
): DiskFile | undefined {
  try {
    return disk.open(name, 'read')
  } catch (error) {
    if (error instanceof MillraceError || !(error instanceof Error)) throw error
    found({ file: name, what: `expected a file that can be read, found: ${error.message}` })
    return undefined
  }
}
