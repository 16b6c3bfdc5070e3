/** A commit that was done again, and one record batch of what it wrote compared with what lies in the log. */
export interface ReplayStep {
  readonly stage: string
  readonly task: number
  readonly commit: number
  /** What was compared: the topic and partition the commit wrote to. */
  readonly wrote: string
  readonly bytes: number
  readonly equal: boolean
}
