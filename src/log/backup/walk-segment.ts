// Reads a segment run by run and checks each: that its bytes are those that were written, and that it follows the one before.
import type { DiskFile } from '../../contracts/disk.ts'
import { RUN_HEADER, bodyIsWhole, readRunHeader, type RunHeader } from '../embedded/run.ts'
import type { Problem } from './problem.ts'
import type { SegmentFile } from './segment-list.ts'

const CHUNK_BYTES = 4 << 20

/** A boundary between two runs: a position in the file, and the offset of the record behind it. */
export interface SegmentPlace {
  readonly position: number
  readonly offset: number
}

export interface Walk {
  readonly from: SegmentPlace
  readonly to: SegmentPlace
  /** Called for what is wrong, nearest to the beginning first. Behind a broken header nothing more can be read. */
  readonly found: (problem: Problem) => void
  readonly counts: { runs: number; records: number }
}

/** Whole runs, some MiB at a time, that stay as they are until the next are asked for. */
export function* walkSegment(
  file: DiskFile,
  segment: SegmentFile,
  walk: Walk,
): Generator<Buffer, void> {
  const { name, topic, partition } = segment
  const { found, to } = walk
  let { position, offset } = walk.from
  let buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, to.position - position))
  while (position < to.position) {
    const length = Math.min(buffer.length, to.position - position)
    const chunk = buffer.subarray(0, file.read(position, buffer, 0, length))
    let at = 0
    let need = 0
    for (;;) {
      const header = readRunHeader(chunk, at)
      if (header === undefined) {
        // A header that is cut in two by the end of a chunk is whole in the next.
        if (at > 0 && chunk.length === length && at + RUN_HEADER > length) break
        const what = `expected the header of a run, found ${chunk.length === length ? 'other bytes' : 'the end of the file'}`
        found({ file: name, position: position + at, topic, partition, offset, what })
        return
      }
      const wrong = misplaced(header, segment, offset)
      if (wrong !== undefined) {
        found({ file: name, position: position + at, topic, partition, offset, what: wrong })
        return
      }
      if (at + header.length > length) {
        need = header.length
        break
      }
      if (!bodyIsWhole(chunk, at, header)) {
        const what = 'expected the records whose CRC the header names, found other bytes'
        found({ file: name, position: position + at, topic, partition, offset, what })
      }
      at += header.length
      offset = header.base + header.count
      walk.counts.runs++
      walk.counts.records += header.count
      if (at === length) break
    }
    if (at > 0) yield chunk.subarray(0, at)
    position += at
    if (at > 0) continue
    if (position + need > to.position) {
      const what = `expected a run that ends at byte ${to.position} of the file, found one of ${need} bytes`
      found({ file: name, position, topic, partition, offset, what })
      return
    }
    buffer = Buffer.allocUnsafeSlow(need)
  }
  if (offset === to.offset) return
  const what = `expected records up to offset ${to.offset}, found them up to ${offset}`
  found({ file: name, position, topic, partition, what })
}

function misplaced(
  { topic, partition, base, count }: RunHeader,
  segment: SegmentFile,
  offset: number,
): string | undefined {
  if (topic !== segment.number || partition !== segment.partition)
    return `expected a run of topic ${segment.number}, partition ${segment.partition}, found one of topic ${topic}, partition ${partition}`
  if (base !== offset) return `expected the record at offset ${offset}, found ${base}`
  return count > 0 ? undefined : 'expected records in a run, found none'
}
