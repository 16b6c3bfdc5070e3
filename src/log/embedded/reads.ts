// Reads of several partitions at once: a share for each, and waiting where nothing is there yet.
import type { Clock } from '../../contracts/clock.ts'
import type { ReadFrom, ReadOptions } from '../../contracts/log.ts'
import type { Catalog, Partition } from './catalog.ts'
import type { Journal } from './journal.ts'
import { checkOffset, readStretch } from './reader.ts'
import type { SegmentFiles } from './segment-files.ts'

/** Bytes as they lie on the device: whole runs, the first of which may begin before the offset asked for. */
export interface RawResult {
  readonly parts: readonly { readonly index: number; readonly bytes: Buffer }[]
  readonly next: readonly { readonly offset: number; readonly end: number }[]
}

export interface ReadsOptions {
  readonly clock: Clock
  readonly catalog: Catalog
  readonly journal: Journal
  readonly segments: SegmentFiles
  /** Throws when the log takes no calls any more. */
  readonly check: () => void
}

/** A reason of its own: the default one is an error with a stack, made each time. */
const OVER = 'over'

export class Reads {
  readonly #options: ReadsOptions
  readonly #waiting = new Set<() => void>()

  constructor(options: ReadsOptions) {
    this.#options = options
  }

  /** Ends every wait. */
  wake(): void {
    for (const wake of this.#waiting) wake()
  }

  async read(from: readonly ReadFrom[], options: ReadOptions): Promise<RawResult> {
    let over = !(options.maxWaitMs > 0)
    for (;;) {
      this.#options.check()
      const result = this.#readNow(from, options.maxBytes)
      if (result.parts.length > 0 || over || options.signal?.aborted === true) return result
      over = await this.#wait(from, options.maxWaitMs, options.signal)
    }
  }

  #readNow(from: readonly ReadFrom[], maxBytes: number): RawResult {
    const { catalog, journal, segments } = this.#options
    const parts: { index: number; bytes: Buffer }[] = []
    const asked = from.map(({ topic, partition, offset }) => {
      const part = catalog.partition(topic, partition)
      checkOffset(part, offset)
      return part
    })
    let ready = asked.reduce((sum, part, i) => sum + (part.end > from[i].offset ? 1 : 0), 0)
    let left = maxBytes
    const next = asked.map((part, index) => {
      const { offset } = from[index]
      const share = Math.floor(left / Math.max(1, ready))
      if (part.end > offset) ready--
      if (part.end === offset || (share <= 0 && parts.length > 0)) return { offset, end: part.end }
      const stretch = readStretch(part, { offset, maxBytes: share }, { journal, segments })
      if (stretch === undefined) return { offset, end: part.end }
      left -= stretch.bytes.length
      parts.push({ index, bytes: stretch.bytes })
      return { offset: stretch.next, end: part.end }
    })
    return { parts, next }
  }

  /**
   * Until one of the partitions has records, the time is over, the signal aborts, or the log closes.
   * @returns whether the time is over.
   */
  async #wait(
    from: readonly ReadFrom[],
    ms: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const partitions: Partition[] = from.map(({ topic, partition }) =>
      this.#options.catalog.partition(topic, partition),
    )
    const timer = new AbortController()
    return new Promise<boolean>((resolve) => {
      const end = (over: boolean): void => {
        for (const { waiting } of partitions) waiting.delete(wake)
        this.#waiting.delete(wake)
        signal?.removeEventListener('abort', wake)
        timer.abort(OVER)
        resolve(over)
      }
      const wake = (): void => end(false)
      for (const { waiting } of partitions) waiting.add(wake)
      this.#waiting.add(wake)
      signal?.addEventListener('abort', wake)
      if (ms !== Infinity) void this.#options.clock.sleep(ms, timer.signal).then(() => end(true))
    })
  }
}
