// How long commits took to become durable, as a histogram, and when the last one was. It is no state: it begins anew with each owner of a task.

/** Upper bounds of the buckets, ms; what took longer is in one more. */
export const COMMIT_BOUNDS_MS: readonly number[] = [
  0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000,
]

export interface CommitTimes {
  /** One a bucket: commits that took at most its bound, and longer than the one before. */
  readonly counts: readonly number[]
  readonly sumMs: number
  /** When the last one was durable, ms since 1970; undefined before the first. */
  readonly lastAt: number | undefined
}

export const NO_COMMITS: CommitTimes = {
  counts: COMMIT_BOUNDS_MS.map(() => 0).concat(0),
  sumMs: 0,
  lastAt: undefined,
}

export class CommitClock {
  readonly #counts: number[] = [...NO_COMMITS.counts]
  #sumMs = 0
  #lastAt: number | undefined

  /** @param now ms since 1970. */
  took(ms: number, now: number): void {
    let bucket = 0
    while (bucket < COMMIT_BOUNDS_MS.length && ms > COMMIT_BOUNDS_MS[bucket]) bucket++
    this.#counts[bucket]++
    this.#sumMs += ms
    this.#lastAt = now
  }

  get times(): CommitTimes {
    return { counts: [...this.#counts], sumMs: this.#sumMs, lastAt: this.#lastAt }
  }
}
