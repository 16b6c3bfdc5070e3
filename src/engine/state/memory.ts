// All state of a task: named regions of typed memory. What changed since the last commit is known word by word,
// so a commit's delta is exactly that and nothing can be forgotten. It must never hold what can be derived again.
import { createHash } from 'node:crypto'
import { StateError } from '../../base/errors.ts'
import { applyDelta, DeltaWriter } from './delta.ts'
import { Region, WORD_BYTES } from './region.ts'

export { Region } from './region.ts'

/** How far a snapshot has been read. */
export interface SnapshotCursor {
  readonly maxBytes: number
  region: number
  word: number
}

/** Words that are skipped together in a chunk when they are all zero. */
const BLOCK_WORDS = 64
/** Bytes of zeros that are looked at in the room of one byte: a table that has just grown must not hold a commit up. */
const ZEROS = 16

/**
 * Recovery: `restore` of the chunks, `apply` of the deltas after them, and only then the parts (`SetState`, `Timers`, ...)
 * that find their regions by name. A part made before sees changed bytes but keeps what it derived from the old ones.
 */
export class StateMemory {
  readonly #regions = new Map<string, Region>()
  readonly #list: Region[] = []
  readonly #names: Uint8Array[] = []
  readonly #deltas = new DeltaWriter()
  readonly #chunks = new DeltaWriter()

  /** The region of that name; made of zeros when there is none, grown to `bytes` when it is shorter. */
  region(name: string, bytes: number): Region {
    const found = this.#regions.get(name)
    if (found === undefined) return this.#add(new Region(name, bytes, true))
    found.grow(bytes)
    return found
  }

  has(name: string): boolean {
    return this.#regions.has(name)
  }

  /** Bytes of all regions. */
  get bytes(): number {
    let bytes = 0
    for (const region of this.#list) bytes += region.bytes
    return bytes
  }

  /** What changed since the last one, in the format of delta.ts; its bytes stay until the next call. One byte when nothing did. */
  takeDelta(): Uint8Array {
    const writer = this.#deltas
    writer.begin()
    for (let i = 0; i < this.#list.length; i++) {
      const region = this.#list[i]
      if (!region.resized && region.changedGroups.every(isZero)) continue
      writer.section(region, this.#names[i])
      takeRuns(region, writer)
      writer.endSection()
      region.resized = false
    }
    return writer.take()
  }

  /**
   * Applies a delta, or a chunk of a snapshot. What it writes is not part of the next delta.
   * @throws StateError ML_STATE when the bytes are no delta.
   */
  apply(delta: Uint8Array): void {
    applyDelta(delta, (name, words) => {
      const bytes = words * WORD_BYTES
      const region = this.#regions.get(name) ?? this.#add(new Region(name, bytes, false))
      region.resize(bytes)
      return region
    })
  }

  /**
   * Begins a snapshot that is read while the task runs. Read each chunk right after `takeDelta` and keep it with that commit or
   * a later one. With c0 = the last commit before the first chunk and c1 = the commit of the last chunk, the chunks and then all
   * deltas after c0, at least up to c1, give the exact state of the last of these deltas.
   * @param maxBytes about how long a chunk is at most; at least 1024.
   */
  startSnapshot(maxBytes: number): SnapshotCursor {
    return { maxBytes: Math.max(1024, maxBytes), region: 0, word: 0 }
  }

  /** The next chunk, whose bytes stay until the next call; undefined when all were read. */
  readChunk(cursor: SnapshotCursor): Uint8Array | undefined {
    const writer = this.#chunks
    writer.begin()
    let room = Math.floor((cursor.maxBytes * 7) / 8)
    const zeros = (BLOCK_WORDS * WORD_BYTES) / ZEROS
    let any = false
    while (cursor.region < this.#list.length && room > 0) {
      const region = this.#list[cursor.region]
      writer.section(region, this.#names[cursor.region])
      any = true
      room -= 32
      while (cursor.word < region.words && room > 0) {
        const end = Math.min(cursor.word + BLOCK_WORDS, region.words)
        if (!allZero(region.u32, cursor.word * 2, end * 2)) {
          writer.run(cursor.word, end)
          room -= (end - cursor.word) * WORD_BYTES + 4
        } else room -= zeros
        cursor.word = end
      }
      writer.endSection()
      if (cursor.word < region.words) break
      cursor.region++
      cursor.word = 0
    }
    return any ? writer.take() : undefined
  }

  /**
   * Fills this memory from all chunks of a snapshot.
   * @throws StateError ML_STATE when there is already something in it.
   */
  restore(chunks: Iterable<Uint8Array>): void {
    if (this.#list.length > 0) {
      throw new StateError(
        'ML_STATE',
        'expected an empty memory to restore into; found one with regions. Restore before the parts of the state are made',
      )
    }
    for (const chunk of chunks) this.apply(chunk)
  }

  /** Takes a copy of another memory's regions whose names begin so, under other beginnings. It is not part of the next delta. */
  carry(from: StateMemory, names: readonly (readonly [was: string, is: string])[]): void {
    for (const { name, u8 } of from.#list) {
      const found = names.find(([was]) => name.startsWith(was))
      if (found === undefined) continue
      const [was, is] = found
      const region = this.#add(new Region(is + name.slice(was.length), u8.length, false))
      region.u8.set(u8)
    }
  }

  /** SHA-256, hex, of names, sizes and bytes of all regions, for tests and audits. @param leaves regions that do not count. */
  digest(leaves: (name: string) => boolean = () => false): string {
    const hash = createHash('sha256')
    for (const name of [...this.#regions.keys()].sort()) {
      if (leaves(name)) continue
      const region = this.#regions.get(name)
      if (region !== undefined) hash.update(`${name}\0${region.bytes}\0`).update(region.u8)
    }
    return hash.digest('hex')
  }

  #add(region: Region): Region {
    this.#regions.set(region.name, region)
    this.#list.push(region)
    this.#names.push(Buffer.from(region.name, 'utf8'))
    return region
  }
}

/** Writes the changed words as the longest runs there are, and forgets that they changed. */
function takeRuns(region: Region, writer: DeltaWriter): void {
  const { changed, changedGroups } = region
  let start = 0
  let end = 0
  for (let g = 0; g < changedGroups.length; g++) {
    let groups = changedGroups[g]
    changedGroups[g] = 0
    while (groups !== 0) {
      const group = g * 32 + lowestBit(groups)
      groups &= groups - 1
      let bits = changed[group]
      changed[group] = 0
      while (bits !== 0) {
        const from = lowestBit(bits)
        const above = ~(bits >>> from)
        const length = above === 0 ? 32 : lowestBit(above)
        if (group * 32 + from === end) {
          end += length
        } else {
          if (end > start) writer.run(start, end)
          start = group * 32 + from
          end = start + length
        }
        bits = from + length >= 32 ? 0 : bits & (-1 << (from + length))
      }
    }
  }
  if (end > start) writer.run(start, end)
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}

function isZero(value: number): boolean {
  return value === 0
}

function allZero(u32: Uint32Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (u32[i] !== 0) return false
  return true
}
