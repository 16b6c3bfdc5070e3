// A disk in memory that fails as real ones do, from one seed: what was not flushed is lost or torn by a crash, flushes fail or
// are slow, room runs out. It never resolves a flush by itself in real time: waiting goes through the `sleep` it is given.
import { ConnectorError } from '../base/errors.ts'
import type { Prng } from '../base/prng.ts'
import type { Disk, DiskFile } from '../contracts/disk.ts'

/** A torn write is torn here. */
const SECTOR = 512

/** What is to go wrong, switched at any time. */
export interface SimDiskFaults {
  /** Probability that a flush fails; what it covered stays readable, and is kept or lost by the next crash. */
  flushFails: number
  /** Fails the n-th flush from now (1 is the next), once; 0: none. */
  failFlushIn: number
  /** Virtual ms a flush takes at most; 0: it ends in the same turn. */
  flushMsMax: number
  /** Bytes the disk can hold. */
  capacity: number
}

export interface SimDiskOptions {
  readonly prng: Prng
  /** Virtual sleep; needed for slow flushes only. */
  readonly sleep?: (ms: number) => Promise<void>
  readonly faults?: Partial<SimDiskFaults>
  /**
   * Told of each operation and the kind of its file, as `write journal`: writes and changes of the folder once they are there, flushes
   * before (`flush`) and after they count (`flushed`). It may crash or kill the disk right there.
   */
  readonly step?: (step: string) => void
}

/** What happened, so that a test can say that a fault has fired. */
export interface SimDiskCounts {
  flushes: number
  flushesFailed: number
  crashes: number
  sectorsKept: number
  sectorsLost: number
  refusedFull: number
  bytesWritten: number
}

interface Write {
  readonly position: number
  readonly bytes: Uint8Array
  /** Set for a truncation to `position`. */
  readonly cut: boolean
}

/** The content of a file, as the system shows it and as the device holds it. */
class Inode {
  shown = new Uint8Array(0)
  shownSize = 0
  durable = new Uint8Array(0)
  durableSize = 0
  pending: Write[] = []
  /** Writes that are no longer pending. */
  settled = 0

  write(position: number, bytes: Uint8Array): void {
    this.shown = roomFor(this.shown, position + bytes.length)
    this.shown.set(bytes, position)
    this.shownSize = Math.max(this.shownSize, position + bytes.length)
    this.pending.push({ position, bytes: bytes.slice(), cut: false })
  }

  truncate(size: number): void {
    this.shown = roomFor(this.shown, size)
    this.shown.fill(0, Math.min(size, this.shownSize), Math.max(size, this.shownSize))
    this.shownSize = size
    this.pending.push({ position: size, bytes: new Uint8Array(0), cut: true })
  }

  /** Writes there were so far. */
  get written(): number {
    return this.settled + this.pending.length
  }

  /** Makes the writes up to that one durable. */
  settle(upTo: number): void {
    for (const write of this.#take(upTo)) {
      if (write.cut) this.#cut(write.position)
      else this.#put(write.position, write.bytes)
    }
  }

  /** Keeps some sectors of the writes up to that one and forgets the rest: no later flush writes them again. */
  lose(upTo: number, prng: Prng, counts: SimDiskCounts): void {
    for (const write of this.#take(upTo)) {
      if (write.cut) {
        if (prng.chance(0.5)) this.#cut(write.position)
        continue
      }
      const end = write.position + write.bytes.length
      const keep = prng.pick([0, 0.5, 1])
      for (let at = write.position; at < end;) {
        const next = Math.min(end, (Math.floor(at / SECTOR) + 1) * SECTOR)
        if (prng.chance(keep)) {
          this.#put(at, write.bytes.subarray(at - write.position, next - write.position))
          counts.sectorsKept++
        } else counts.sectorsLost++
        at = next
      }
    }
  }

  /** The machine stops: what is shown is what is durable. */
  crash(prng: Prng, counts: SimDiskCounts): void {
    this.lose(this.written, prng, counts)
    this.shown = this.durable.slice(0, this.durableSize)
    this.shownSize = this.durableSize
  }

  #take(upTo: number): Write[] {
    const taken = this.pending.splice(0, Math.max(0, upTo - this.settled))
    this.settled += taken.length
    return taken
  }

  #put(position: number, bytes: Uint8Array): void {
    this.durable = roomFor(this.durable, position + bytes.length)
    this.durable.set(bytes, position)
    this.durableSize = Math.max(this.durableSize, position + bytes.length)
  }

  #cut(size: number): void {
    this.durable = roomFor(this.durable, size)
    this.durable.fill(0, Math.min(size, this.durableSize), Math.max(size, this.durableSize))
    this.durableSize = size
  }
}

function roomFor(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  if (size <= bytes.length) return bytes
  const grown = new Uint8Array(Math.max(size, bytes.length * 2, 1024))
  grown.set(bytes)
  return grown
}

type FolderChange = (folder: Map<string, Inode>) => void

/** The device: it outlives the processes that mount it. */
export class SimDisk {
  readonly faults: SimDiskFaults
  readonly counts: SimDiskCounts = {
    flushes: 0,
    flushesFailed: 0,
    crashes: 0,
    sectorsKept: 0,
    sectorsLost: 0,
    refusedFull: 0,
    bytesWritten: 0,
  }
  readonly #prng: Prng
  readonly #sleep: ((ms: number) => Promise<void>) | undefined
  readonly #step: ((step: string) => void) | undefined
  #shown = new Map<string, Inode>()
  #durable = new Map<string, Inode>()
  #changes: FolderChange[] = []
  #changesSettled = 0
  /** Mounts of an earlier generation are dead: their process has crashed. */
  #generation = 0
  #lockedBy = -1

  constructor(options: SimDiskOptions) {
    this.#prng = options.prng
    this.#sleep = options.sleep
    this.#step = options.step
    this.faults = {
      flushFails: 0,
      failFlushIn: 0,
      flushMsMax: 0,
      capacity: Infinity,
      ...options.faults,
    }
  }

  /** The disk as one process sees it, until the next crash. */
  mount(): Disk {
    const generation = this.#generation
    const guard = (): void => this.#alive(generation)
    const change = (what: string, apply: FolderChange): void => {
      guard()
      apply(this.#shown)
      this.#changes.push(apply)
      this.#reach(what, generation)
    }
    return {
      list: () => (guard(), [...this.#shown.keys()].sort()),
      open: (name, mode) => {
        guard()
        const known = this.#shown.get(name)
        // As with O_CREAT | O_TRUNC: a file that is there stays the same file, and is emptied.
        if (mode === 'create' && known !== undefined) known.truncate(0)
        if (mode === 'create' && known === undefined) {
          const inode = new Inode()
          change(`create ${kindOf(name)}`, (folder) => folder.set(name, inode))
        }
        const inode = this.#shown.get(name)
        if (inode === undefined) throw systemError('ENOENT', `no such file: ${name}`)
        return this.#file(name, inode, generation)
      },
      rename: (from, to) => {
        if (!this.#shown.has(from)) throw systemError('ENOENT', `no such file: ${from}`)
        change(`rename ${kindOf(from)}`, (folder) => {
          const inode = folder.get(from)
          if (inode === undefined) return
          folder.set(to, inode)
          folder.delete(from)
        })
      },
      remove: (name) => change(`remove ${kindOf(name)}`, (folder) => folder.delete(name)),
      flushFolder: async () => {
        guard()
        const covered = this.#changesSettled + this.#changes.length
        await this.#flush(generation, 'folder', {
          settle: () => {
            const settled = this.#changes.splice(0, Math.max(0, covered - this.#changesSettled))
            this.#changesSettled += settled.length
            for (const apply of settled) apply(this.#durable)
          },
          lose: () => undefined,
        })
      },
      free: () => Math.max(0, this.faults.capacity - this.#used()),
      lock: () => this.#lock(generation),
    }
  }

  /** The machine loses power: of what was not flushed, a seeded part is kept. Every earlier mount is dead. */
  crash(): void {
    this.counts.crashes++
    this.#generation++
    this.#lockedBy = -1
    for (const apply of this.#changes) if (this.#prng.chance(0.5)) apply(this.#durable)
    this.#changes = []
    for (const inode of new Set(this.#durable.values())) inode.crash(this.#prng, this.counts)
    this.#shown = new Map(this.#durable)
  }

  /** The process ends, the machine goes on: everything written is still there. Every earlier mount is dead. */
  kill(): void {
    this.#generation++
    this.#lockedBy = -1
  }

  /** Changes one bit of a file, as a bad device does. */
  flip(name: string, position: number, bit = 0): void {
    const inode = this.#shown.get(name)
    if (inode === undefined) throw systemError('ENOENT', `no such file: ${name}`)
    inode.shown[position] ^= 1 << bit
    if (position < inode.durableSize) inode.durable[position] ^= 1 << bit
  }

  /** The bytes of a file as they are shown now. */
  bytes(name: string): Uint8Array {
    const inode = this.#shown.get(name)
    if (inode === undefined) throw systemError('ENOENT', `no such file: ${name}`)
    return inode.shown.subarray(0, inode.shownSize)
  }

  #used(): number {
    let used = 0
    for (const inode of this.#shown.values()) used += inode.shownSize
    return used
  }

  #alive(generation: number): void {
    if (generation !== this.#generation)
      throw systemError('EIO', 'the process that mounted this disk has crashed')
  }

  #lock(generation: number): { release(): void } {
    this.#alive(generation)
    if (this.#lockedBy === generation) {
      throw new ConnectorError(
        'ML_LOCKED',
        'the log must have one owner; found it open already: close that one first',
        { retryable: true },
      )
    }
    this.#lockedBy = generation
    return {
      release: () => {
        if (this.#lockedBy === generation) this.#lockedBy = -1
      },
    }
  }

  /** Waits as a flush does, then settles or fails in one turn. A flush of a crashed process never ends. */
  async #flush(
    generation: number,
    what: string,
    outcome: { settle(): void; lose(): void },
  ): Promise<void> {
    this.#reach(`flush ${what}`, generation)
    this.counts.flushes++
    const { faults } = this
    const fails =
      (faults.failFlushIn > 0 && --faults.failFlushIn === 0) ||
      (faults.flushFails > 0 && this.#prng.chance(faults.flushFails))
    if (faults.flushMsMax > 0 && this.#sleep !== undefined)
      await this.#sleep(this.#prng.next() * faults.flushMsMax)
    if (generation !== this.#generation) await new Promise<never>(() => undefined)
    if (fails) {
      this.counts.flushesFailed++
      outcome.lose()
      throw systemError('EIO', 'input/output error')
    }
    outcome.settle()
    this.#reach(`flushed ${what}`, generation)
  }

  #reach(step: string, generation: number): void {
    if (this.#step === undefined) return
    this.#step(step)
    this.#alive(generation)
  }

  #file(name: string, inode: Inode, generation: number): DiskFile {
    const guard = (): void => this.#alive(generation)
    return {
      name,
      size: () => (guard(), inode.shownSize),
      read: (position, into, at, length) => {
        guard()
        const bytes = Math.max(0, Math.min(length, inode.shownSize - position))
        into.set(inode.shown.subarray(position, position + bytes), at)
        return bytes
      },
      write: (position, pieces) => {
        guard()
        let at = position
        for (const piece of pieces) {
          const more = Math.max(0, at + piece.length - inode.shownSize)
          if (
            more > 0 &&
            this.faults.capacity !== Infinity &&
            this.#used() + more > this.faults.capacity
          ) {
            this.counts.refusedFull++
            throw systemError('ENOSPC', 'no space left on device')
          }
          inode.write(at, piece)
          this.counts.bytesWritten += piece.length
          at += piece.length
        }
        this.#reach(`write ${kindOf(name)}`, generation)
      },
      truncate: (size) => {
        guard()
        inode.truncate(size)
        this.#reach(`truncate ${kindOf(name)}`, generation)
      },
      flush: async () => {
        guard()
        const covered = inode.written
        await this.#flush(generation, kindOf(name), {
          settle: () => inode.settle(covered),
          lose: () => inode.lose(covered, this.#prng, this.counts),
        })
      },
      close: () => undefined,
    }
  }
}

/** The letters a file's name begins with. */
function kindOf(name: string): string {
  return /^[a-z]*/.exec(name)?.[0] ?? ''
}

function systemError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${message}`), { code })
}
