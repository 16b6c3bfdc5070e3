// What a device holds behind a prefix of a trace: what was flushed, for certain; of the rest whatever a choice says. It promises less than any real
// file system: every write, every 512 bytes of one, every change of a size and of a name is kept or lost by itself.
import type { Prng } from '../../../src/base/prng.ts'
import type { DiskEvent, Image } from './trace.ts'

/** A torn write is torn here. */
const SECTOR = 512

/** What becomes of what was not flushed when the power goes. */
export interface Choice {
  /** Which of the sectors of write number `write` (of those that are undecided) is kept. */
  readonly keeps: (write: number, sector: number) => boolean
  readonly keepsCut: (write: number) => boolean
  /** Whether a file has grown although the bytes are lost; it has zeros there. */
  readonly grows: (write: number) => boolean
  readonly keepsName: (change: number) => boolean
}

interface Change {
  readonly at: number
  readonly position: number
  /** undefined: the file is cut to `position`. */
  readonly bytes: Buffer | undefined
  /** A flush that covered it failed: it stays undecided for ever. */
  limbo: boolean
  settled: boolean
}

interface File {
  durable: Buffer
  /** From the oldest that is undecided. */
  changes: Change[]
}

type Names = Map<string, number>

export class Device {
  readonly #files = new Map<number, File>()
  #names: Names = new Map()
  #renames: { readonly at: number; readonly apply: (names: Names) => void }[] = []
  #at = 0

  /** @param from what is on it at the beginning, in the order of the names, as `RecordingDisk` numbers them. */
  constructor(from: Image = new Map()) {
    for (const [i, name] of [...from.keys()].sort().entries()) {
      this.#names.set(name, i)
      this.#files.set(i, { durable: Buffer.from(from.get(name) ?? []), changes: [] })
    }
  }

  apply(event: DiskEvent): void {
    const at = this.#at++
    if (event.kind === 'create') {
      const { file, name } = event
      this.#files.set(file, { durable: Buffer.alloc(0), changes: [] })
      this.#renames.push({ at, apply: (names) => names.set(name, file) })
    } else if (event.kind === 'rename') {
      const { from, to } = event
      this.#renames.push({
        at,
        apply: (names) => {
          const file = names.get(from)
          if (file === undefined) return
          names.set(to, file)
          names.delete(from)
        },
      })
    } else if (event.kind === 'remove') {
      this.#renames.push({ at, apply: (names) => names.delete(event.name) })
    } else if (event.kind === 'folder-flushed') {
      for (const { apply } of this.#renames.filter((each) => each.at < event.asked))
        apply(this.#names)
      this.#renames = this.#renames.filter((each) => each.at >= event.asked)
    } else this.#applyToFile(event, at)
  }

  /** How much is undecided: changes of files, and of names. */
  get undecided(): { readonly changes: number; readonly names: number } {
    let changes = 0
    for (const file of this.#files.values())
      changes += file.changes.filter(({ settled }) => !settled).length
    return { changes, names: this.#renames.length }
  }

  /** What is there when the power comes back. */
  image(choice: Choice): Image {
    const names = new Map(this.#names)
    for (const [i, { apply }] of this.#renames.entries()) if (choice.keepsName(i)) apply(names)
    const contents = new Map<number, Buffer>()
    let undecided = 0
    for (const [number, file] of this.#files) {
      let content = file.durable
      for (const change of file.changes) {
        if (change.settled) content = changed(content, change)
        else content = partly(content, change, { choice, write: undecided++ })
      }
      contents.set(number, content)
    }
    return new Map([...names].map(([name, file]) => [name, contents.get(file) ?? Buffer.alloc(0)]))
  }

  #applyToFile(
    event: Extract<DiskEvent, { kind: 'write' | 'cut' | 'flushed' | 'flush-failed' }>,
    at: number,
  ): void {
    const file = this.#files.get(event.file)
    if (file === undefined)
      throw new RangeError(`a trace must make files first; found ${event.file}`)
    if (event.kind === 'write' || event.kind === 'cut') {
      const [position, bytes] =
        event.kind === 'write' ? [event.position, event.bytes] : [event.size, undefined]
      file.changes.push({ at, position, bytes, limbo: false, settled: false })
      return
    }
    for (const change of file.changes) {
      if (change.at >= event.asked || change.limbo) continue
      if (event.kind === 'flushed') change.settled = true
      else change.limbo = !change.settled
    }
    for (const change of file.changes.slice()) {
      if (!change.settled) break
      file.durable = changed(file.durable, change)
      file.changes.shift()
    }
  }
}

/** Buffers are never changed in place: images share them. */
function changed(content: Buffer, { position, bytes }: Pick<Change, 'position' | 'bytes'>): Buffer {
  if (bytes === undefined) return resized(content, position)
  const grown = resized(content, Math.max(content.length, position + bytes.length))
  bytes.copy(grown, position)
  return grown
}

function partly(
  content: Buffer,
  change: Change,
  { choice, write }: { readonly choice: Choice; readonly write: number },
): Buffer {
  const { position, bytes } = change
  if (bytes === undefined) return choice.keepsCut(write) ? changed(content, change) : content
  const end = position + bytes.length
  let left = content
  for (let at = position; at < end;) {
    const next = Math.min(end, (Math.floor(at / SECTOR) + 1) * SECTOR)
    if (choice.keeps(write, Math.floor(at / SECTOR)))
      left = changed(left, { position: at, bytes: bytes.subarray(at - position, next - position) })
    at = next
  }
  return choice.grows(write) ? resized(left, Math.max(left.length, end)) : left
}

/** A copy of that size; what is new is zero. */
function resized(content: Buffer, size: number): Buffer {
  const copy = Buffer.alloc(size)
  content.copy(copy, 0, 0, Math.min(size, content.length))
  return copy
}

const always = (): boolean => true
const never = (): boolean => false

export const NOTHING: Choice = { keeps: never, keepsCut: never, grows: never, keepsName: never }
export const EVERYTHING: Choice = {
  keeps: always,
  keepsCut: always,
  grows: always,
  keepsName: always,
}

/** Ways for the power to go right now: nothing and everything kept, names or bytes alone, one change lost or kept, any part, torn. */
export function choicesOf(device: Device, prng: Prng): Choice[] {
  const { changes, names } = device.undecided
  if (changes + names === 0) return [EVERYTHING]
  const some = (of: number, probability: number): ((i: number) => boolean) => {
    const kept = Array.from({ length: of }, () => prng.chance(probability))
    return (i) => kept[i]
  }
  const subset = (probability: number): Choice => {
    const write = some(changes, probability)
    return { keeps: write, keepsCut: write, grows: write, keepsName: some(names, probability) }
  }
  const one = prng.below(changes + names)
  const isOne = (i: number): boolean => i === one
  const isOneName = (i: number): boolean => i + changes === one
  const not = (is: (i: number) => boolean) => (i: number) => !is(i)
  const torn = (probability: number): Choice => ({
    ...subset(0.8),
    keeps: () => prng.chance(probability),
    grows: some(changes, 0.5),
  })
  return [
    NOTHING,
    EVERYTHING,
    { ...EVERYTHING, keepsName: never },
    { ...NOTHING, keepsName: always },
    { ...NOTHING, keepsName: always, grows: always },
    { keeps: isOne, keepsCut: isOne, grows: isOne, keepsName: isOneName },
    {
      keeps: not(isOne),
      keepsCut: not(isOne),
      grows: not(isOne),
      keepsName: not(isOneName),
    },
    subset(0.5),
    torn(prng.pick([0.3, 0.6, 0.9])),
    torn(0.95),
  ]
}
