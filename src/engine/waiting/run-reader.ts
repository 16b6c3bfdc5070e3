// Reads runs of rows that wait from the log. What it reads was committed and never changes, so that no result depends on when.
import { valueBytes } from '../../base/records.ts'
import type { Log } from '../../contracts/log.ts'
import { readPartition } from '../read-partition.ts'
import { runOf } from './run-format.ts'

/** Records asked for at once, at most. */
const PLACES_MAX = 256
/** About what a page takes in the log. */
const PAGE_ROOM = 5120

export class RunReader {
  readonly #log: Log
  readonly #place: { readonly topic: string; readonly partition: number }

  constructor(log: Log, place: { readonly topic: string; readonly partition: number }) {
    this.#log = log
    this.#place = place
  }

  /** Single records, by their offsets. */
  async records(offsets: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>> {
    const found = new Map<number, Uint8Array>()
    let left = offsets
    while (left.length > 0) {
      const asked = left.slice(0, PLACES_MAX)
      const from = asked.map((offset) => ({ ...this.#place, offset }))
      const options = { maxBytes: asked.length * PAGE_ROOM, maxWaitMs: 0 }
      const { runs } = await this.#log.read(from, options)
      for (const { offsets: given, records } of runs)
        for (let i = 0; i < records.count; i++) found.set(given[i], valueBytes(records, i))
      left = left.filter((offset) => !found.has(offset))
    }
    return found
  }

  /** The index of a run. */
  async index(offset: number): Promise<Uint8Array> {
    let found: Uint8Array | undefined
    while (found === undefined) {
      // One record: an index may be long, and what follows it is not wanted.
      const { runs } = await this.#log.read([{ ...this.#place, offset }], {
        maxBytes: 1,
        maxWaitMs: 0,
      })
      for (const { offsets, records } of runs)
        for (let i = 0; i < records.count; i++)
          if (offsets[i] === offset) found = valueBytes(records, i)
    }
    return found
  }

  /** All pages of a run whose index lies at that offset. */
  async pages(offset: number, count: number): Promise<Uint8Array[]> {
    const pages: Uint8Array[] = []
    await readPartition(this.#log, { ...this.#place, from: offset + 1 }, (_, value) => {
      if (pages.length < count) pages.push(value)
      return pages.length < count
    })
    return pages
  }

  /** Where the indexes of runs lie, by number, from an offset to the end. */
  async indexesFrom(offset: number): Promise<ReadonlyMap<number, number>> {
    const found = new Map<number, number>()
    await readPartition(this.#log, { ...this.#place, from: offset }, (at, value) => {
      const { run, isIndex } = runOf(value)
      if (isIndex) found.set(run, at)
    })
    return found
  }
}
