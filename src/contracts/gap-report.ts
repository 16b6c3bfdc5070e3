// A gap in a stream, as `status` and `explain` tell it.

/** Offsets [from, to) of a partition that no source read, because they were no longer kept; accepted by whoever runs the pipeline. */
export interface GapReport {
  readonly topic: string
  readonly partition: number
  readonly from: number
  readonly to: number
  /** When the source had read last before it, ms since 1970; null where it never had. */
  readonly readAt: number | null
  /** When it was accepted, ms since 1970. */
  readonly at: number
}
