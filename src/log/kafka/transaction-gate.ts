// Work that holds the thread is done while no transaction of this process is open: one that waits for longer than its timeout would be given up
// by the cluster, and begun again beside the same work.

export class TransactionGate {
  #open = 0
  #closed: PromiseWithResolvers<void> | undefined
  #emptied: () => void = () => undefined

  /** A transaction, from its begin to its end. */
  async pass(transaction: () => Promise<void>): Promise<void> {
    while (this.#closed !== undefined) await this.#closed.promise
    this.#open++
    try {
      await transaction()
    } finally {
      if (--this.#open === 0) this.#emptied()
    }
  }

  /** Does the work once those that are open have ended; none begins before it is done. One at a time: others wait their turn. */
  async quietly<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#closed !== undefined) await this.#closed.promise
    const closed = Promise.withResolvers<void>()
    this.#closed = closed
    try {
      if (this.#open > 0) await new Promise<void>((resolve) => (this.#emptied = resolve))
      return await work()
    } finally {
      this.#closed = undefined
      closed.resolve()
    }
  }
}
