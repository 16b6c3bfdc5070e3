// Transactions of owners that went away in the middle, as brokers of Kafka have them: what such a one wrote is never given out, and as long as
// it is open, nothing that lies behind its first record is: the last stable offset of the partition. Whoever opens the name of the owner
// again ends it.
import type { Append } from '../contracts/log.ts'

interface Left {
  readonly epoch: number
  /** Offset of its first record in each partition. */
  readonly firsts: ReadonlyMap<string, number>
}

export class OpenTransactions {
  readonly #left = new Map<string, Left>()
  /** The newest epoch of each owner. */
  readonly #newest = new Map<string, number>()

  /** @param offsets of the first record of each append. A transaction whose owner's name was opened again meanwhile is over. */
  leave(
    { id, epoch }: { readonly id: string; readonly epoch: number },
    appends: readonly Append[],
    offsets: readonly number[],
  ): void {
    if (epoch < (this.#newest.get(id) ?? epoch)) return
    const firsts = new Map<string, number>()
    for (const [i, { topic, partition }] of appends.entries()) {
      const place = placeOf(topic, partition)
      firsts.set(place, Math.min(firsts.get(place) ?? Infinity, offsets[i]))
    }
    this.#left.set(id, { epoch, firsts })
  }

  /** Whether the owner left in the middle: nothing it sent later happens. */
  isLeft({ id, epoch }: { readonly id: string; readonly epoch: number }): boolean {
    return this.#left.get(id)?.epoch === epoch
  }

  /** A name was opened at that epoch: what an older one left is over. */
  opened(id: string, epoch: number): void {
    this.#newest.set(id, epoch)
    this.end(id)
  }

  /** What the owner left is taken back. */
  end(id: string): void {
    this.#left.delete(id)
  }

  /** @returns the last stable offset of a partition, where it is not its `end`. */
  stable(topic: string, partition: number, end: number): number {
    const place = placeOf(topic, partition)
    let stable = end
    for (const { firsts } of this.#left.values())
      stable = Math.min(stable, firsts.get(place) ?? Infinity)
    return stable
  }
}

function placeOf(topic: string, partition: number): string {
  return `${topic}/${partition}`
}
