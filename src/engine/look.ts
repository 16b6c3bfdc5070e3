// A question from outside: the features of one key, as a row that only reads would have them. It changes nothing.

export interface Asked {
  readonly set: string
  /** Encoded, as rows carry it. */
  readonly key: Uint8Array
  /** Event time, ms; undefined: as far as the task has come. */
  readonly at: number | undefined
}

export interface Seen {
  /** Event time the features are of, ms. */
  readonly at: number
  /** Values that an event would bring itself are left out; undefined is "none". */
  readonly features: Readonly<Record<string, unknown>>
}

/** What was read, after which commit: that one is durable. */
export interface Told {
  readonly commit: number
  /** undefined for a key that is not kept. */
  readonly seen: Seen | undefined
}
