// Segment files, read. A bounded number is open at a time, so that many topics do not mean many descriptors;
// a sparse index of each open one is built while it is read.
import { StateError } from '../../base/errors.ts'
import type { Disk, DiskFile } from '../../contracts/disk.ts'
import type { Partition, Segment } from './catalog.ts'
import { corruptMessage, readRunHeader } from './run.ts'

/** Bytes between two entries of an index. */
const INDEX_EVERY = 65_536
const SCAN_BYTES = 262_144

interface OpenSegment {
  readonly file: DiskFile
  /** Offsets and positions of some runs, ascending; the first run always. */
  readonly offsets: number[]
  readonly positions: number[]
  /** Where the last read ended: the next one goes on there as a rule, however little it takes. */
  nextOffset: number
  nextPosition: number
}

export function segmentName(partition: Partition, segment: Pick<Segment, 'base'>): string {
  return `segment-${partition.topic.number}-${partition.index}-${segment.base}`
}

export function isSegmentFile(name: string): boolean {
  return name.startsWith('segment-')
}

/** A stretch of whole runs. */
export interface Stretch {
  readonly bytes: Buffer
  /** Offset behind its last record. */
  readonly next: number
}

export class SegmentFiles {
  readonly #disk: Disk
  readonly #openMax: number
  /** Least recently used first. */
  readonly #open = new Map<string, OpenSegment>()
  #scan: Buffer | undefined

  constructor(disk: Disk, openMax: number) {
    this.#disk = disk
    this.#openMax = openMax
  }

  /** Runs from the one that holds the offset on: about `maxBytes`, at least one run. The bytes are the caller's. */
  read(
    partition: Partition,
    segment: Segment,
    want: { readonly offset: number; readonly maxBytes: number },
  ): Stretch {
    const name = segmentName(partition, segment)
    const opened = this.#handle(name, segment)
    const position = this.#find(opened, segment, want.offset)
    let length = Math.min(want.maxBytes, segment.bytes - position)
    const first = this.#header(opened, segment, position)
    length = Math.max(length, first.length)
    const bytes = Buffer.allocUnsafeSlow(length)
    opened.file.read(position, bytes, 0, length)
    let end = 0
    let next = first.base
    for (;;) {
      const header = readRunHeader(bytes, end)
      if (header === undefined || end + header.length > length) break
      end += header.length
      next = header.base + header.count
    }
    if (end === 0) throw damaged(name, position)
    if (position + end < segment.bytes) {
      remember(opened, next, position + end)
      opened.nextOffset = next
      opened.nextPosition = position + end
    }
    return { bytes: bytes.subarray(0, end), next }
  }

  /** Closes a file that is about to be removed. */
  forget(name: string): void {
    this.#open.get(name)?.file.close()
    this.#open.delete(name)
  }

  close(): void {
    for (const { file } of this.#open.values()) file.close()
    this.#open.clear()
  }

  #handle(name: string, segment: Segment): OpenSegment {
    let opened = this.#open.get(name)
    if (opened === undefined) {
      opened = {
        file: this.#disk.open(name, 'read'),
        offsets: [segment.base],
        positions: [0],
        nextOffset: segment.base,
        nextPosition: 0,
      }
      const [oldest] = this.#open.keys()
      if (this.#open.size >= this.#openMax && oldest !== undefined) this.forget(oldest)
    } else this.#open.delete(name)
    this.#open.set(name, opened)
    return opened
  }

  /** Position of the run that holds the offset. */
  #find(opened: OpenSegment, segment: Segment, offset: number): number {
    if (opened.nextOffset === offset) return opened.nextPosition
    let low = 0
    let high = opened.offsets.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (opened.offsets[middle] <= offset) low = middle + 1
      else high = middle
    }
    if (opened.offsets[low - 1] === offset) return opened.positions[low - 1]
    let position = opened.positions[low - 1]
    this.#scan ??= Buffer.allocUnsafeSlow(SCAN_BYTES)
    for (;;) {
      const length = opened.file.read(
        position,
        this.#scan,
        0,
        Math.min(SCAN_BYTES, segment.bytes - position),
      )
      const chunk = this.#scan.subarray(0, length)
      let at = 0
      for (
        let header = readRunHeader(chunk, at);
        header !== undefined;
        header = readRunHeader(chunk, at)
      ) {
        if (header.base + header.count > offset) return position + at
        at += header.length
        remember(opened, header.base + header.count, position + at)
      }
      if (at === 0) throw damaged(opened.file.name, position)
      position += at
    }
  }

  #header(
    opened: OpenSegment,
    segment: Segment,
    position: number,
  ): { base: number; length: number } {
    const bytes = Buffer.allocUnsafe(64)
    opened.file.read(position, bytes, 0, 64)
    const header = readRunHeader(bytes, 0)
    if (header === undefined || position + header.length > segment.bytes)
      throw damaged(opened.file.name, position)
    return header
  }
}

function remember(opened: OpenSegment, offset: number, position: number): void {
  const last = opened.positions[opened.positions.length - 1]
  if (position < last + INDEX_EVERY) return
  opened.offsets.push(offset)
  opened.positions.push(position)
}

function damaged(file: string, position: number): StateError {
  return new StateError('ML_LOG_CORRUPT', corruptMessage('a segment of the log'), {
    details: { file, position },
  })
}
