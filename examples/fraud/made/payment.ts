/** A payment, and what an investigation will find. */
export interface MadePayment {
  readonly id: number
  /** ms since 1970, UTC. */
  readonly time: number
  readonly customer: number
  readonly terminal: number
  readonly amount: number
  readonly fraud: boolean
}
