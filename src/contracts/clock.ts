// Time from outside. Only platform code implements these with the machine's clock.

export interface Clock {
  /** Milliseconds since 1970. May jump in either direction: never used to measure a span. */
  now(): number
  /** Milliseconds that never go back, from an arbitrary origin. */
  monotonic(): number
  /** Resolves after that many milliseconds, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
