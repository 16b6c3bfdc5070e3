// How far a task is with getting its state back: told while that lasts, and no part of any result.

export interface RestoreProgress {
  /** Of `total`: offsets that were gone over, of the chunks of its snapshot and of the commits behind it. */
  readonly done: number
  readonly total: number
  /** Bytes that were read. */
  readonly bytes: number
}

export type TellRestore = (progress: RestoreProgress) => void

/** Where what is read lies: from `from` to before `to`. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

export class RestoreWatch {
  readonly #tell: TellRestore
  readonly #chunks: Stretch
  readonly #commits: Stretch
  #bytes = 0

  constructor(tell: TellRestore, { chunks, commits }: { chunks: Stretch; commits: Stretch }) {
    this.#tell = tell
    this.#chunks = chunks
    this.#commits = commits
  }

  chunk(offset: number, bytes: number): void {
    this.#read(offset + 1 - this.#chunks.from, bytes)
  }

  commit(offset: number, bytes: number): void {
    const { from, to } = this.#commits
    // What came meanwhile is read, too.
    this.#read(lengthOf(this.#chunks) + Math.min(offset + 1, to) - from, bytes)
  }

  #read(done: number, bytes: number): void {
    this.#bytes += bytes
    const total = lengthOf(this.#chunks) + lengthOf(this.#commits)
    this.#tell({ done, total, bytes: this.#bytes })
  }
}

function lengthOf({ from, to }: Stretch): number {
  return Math.max(0, to - from)
}
