// The journal: a few preallocated files that frames are written to in a chain, one flush a frame. A file whose frames have
// all been copied is used again, from its beginning; ids of segments tell old frames from new ones.
import type { Disk, DiskFile } from '../../contracts/disk.ts'
import type { Partition } from './catalog.ts'
import type { ChainMark } from './checkpoint.ts'

const PREFIX = 'journal-'
const ZEROS_BYTES = 1 << 20

interface Slot {
  readonly name: string
  readonly file: DiskFile
  /** Bytes that were written with zeros beforehand. */
  size: number
}

/** One pass through a slot. */
export interface JournalSegment {
  readonly id: number
  readonly slot: Slot
  /** Where the next frame goes. */
  end: number
  last: ChainMark
  /** Partitions with runs in it. */
  readonly touched: Set<Partition>
}

export interface JournalOptions {
  readonly disk: Disk
  readonly slotBytes: number
  readonly slotsMax: number
  /** Whether to fill a new slot with zeros: then a flush need not write the file system's own records. */
  readonly preallocate: boolean
}

export function isJournalFile(name: string): boolean {
  return name.startsWith(PREFIX)
}

export class Journal {
  readonly #options: JournalOptions
  readonly #free: Slot[] = []
  #slots = 0
  /** Segments that hold what is not copied, by id, oldest first; the last one is written to. */
  readonly segments: Map<number, JournalSegment> = new Map()
  #active: JournalSegment | undefined
  #lastId: number
  /** A file that is being made before it is needed. */
  #ahead: Promise<void> | undefined

  /** @param lastId the greatest id a segment ever had. */
  constructor(options: JournalOptions, lastId: number) {
    this.#options = options
    this.#lastId = lastId
  }

  /** Bytes of its files, about: of one with a large frame in it more. */
  get bytes(): number {
    return this.#slots * this.#options.slotBytes
  }

  get active(): JournalSegment | undefined {
    return this.#active
  }

  /** The oldest segment that is complete. */
  get sealed(): JournalSegment | undefined {
    for (const segment of this.segments.values()) if (segment !== this.#active) return segment
    return undefined
  }

  /** Whether the active segment has room for a frame of that length. */
  fits(length: number): boolean {
    const active = this.#active
    return (
      active !== undefined && (active.end === 0 || active.end + length <= this.#options.slotBytes)
    )
  }

  /** Takes over a file that is there; `segment` says what it still holds. */
  adopt(
    name: string,
    held: Pick<JournalSegment, 'id' | 'end' | 'last'> | undefined,
  ): JournalSegment | undefined {
    this.#slots++
    const file = this.#options.disk.open(name, 'write')
    const slot = { name, file, size: file.size() }
    if (held === undefined) {
      this.#free.push(slot)
      return undefined
    }
    const segment = { ...held, slot, touched: new Set<Partition>() }
    this.segments.set(segment.id, segment)
    return segment
  }

  /** Whether a new segment can begin at once, or after making a file. */
  canBegin(): boolean {
    return this.#free.length > 0 || this.#slots < this.#options.slotsMax
  }

  /** Whether there is no file yet for the segment behind the active one, and one may be made. */
  get lacksNext(): boolean {
    return (
      this.#free.length === 0 && this.#ahead === undefined && this.#slots < this.#options.slotsMax
    )
  }

  /**
   * Makes a file for the next segment while frames are written to the active one: filling it takes a device as long as thousands of them.
   * Where it fails, whoever needs the file makes it, and hears why not.
   */
  makeAhead(): void {
    this.#ahead = this.#make({ inPieces: true })
      .then((slot) => void this.#free.push(slot))
      .catch(noted)
      .finally(() => (this.#ahead = undefined))
  }

  /** Resolves when no file is being made. */
  async settled(): Promise<void> {
    await this.#ahead
  }

  /** Ends the active segment and begins the next. Only where `canBegin`. */
  async begin(after: ChainMark): Promise<JournalSegment> {
    const slot = this.#free.pop() ?? (await this.#next())
    const segment: JournalSegment = {
      id: ++this.#lastId,
      slot,
      end: 0,
      last: after,
      touched: new Set(),
    }
    this.segments.set(segment.id, segment)
    this.#active = segment
    return segment
  }

  /** Ends the active segment, so that it can be copied. */
  seal(): void {
    this.#active = undefined
  }

  /** Everything in it has been copied. */
  recycle(segment: JournalSegment): void {
    this.segments.delete(segment.id)
    if (segment.slot.size > 2 * this.#options.slotBytes) {
      segment.slot.file.truncate(this.#options.slotBytes)
      segment.slot.size = this.#options.slotBytes
    }
    this.#free.push(segment.slot)
  }

  close(): void {
    for (const { slot } of this.segments.values()) slot.file.close()
    for (const slot of this.#free) slot.file.close()
  }

  async #next(): Promise<Slot> {
    await this.#ahead
    return this.#free.pop() ?? (await this.#make())
  }

  /** @param inPieces whether flushes of others are let in between. */
  async #make({ inPieces = false } = {}): Promise<Slot> {
    const { disk, slotBytes, preallocate } = this.#options
    const taken = new Set(disk.list())
    let number = 1
    while (taken.has(`${PREFIX}${number}`)) number++
    const name = `${PREFIX}${number}`
    const file = disk.open(name, 'create')
    try {
      if (preallocate) {
        const zeros = new Uint8Array(Math.min(ZEROS_BYTES, slotBytes))
        for (let at = 0; at < slotBytes; at += zeros.length) {
          file.write(at, [zeros.subarray(0, Math.min(zeros.length, slotBytes - at))])
          if (inPieces) await file.flush()
        }
        if (!inPieces) await file.flush()
      }
      await disk.flushFolder()
    } catch (error) {
      file.close()
      disk.remove(name)
      throw error
    }
    this.#slots++
    return { name, file, size: slotBytes }
  }
}

function noted(): void {
  // Told by `begin`, which tries again.
}
