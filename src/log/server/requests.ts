// What a client may ask of the log, as the heads of messages say it. Both sides are of one version.
import type { TopicSpec } from '../../contracts/log.ts'
import type { Checkpoint } from '../embedded/checkpoint.ts'

export type Request =
  | { readonly op: 'ensureTopic'; readonly spec: TopicSpec; readonly grow: boolean }
  | { readonly op: 'topics' }
  | { readonly op: 'topic'; readonly name: string }
  | { readonly op: 'openWriter'; readonly writer: string; readonly fromReserve: boolean }
  | {
      readonly op: 'append'
      readonly writer: string
      readonly epoch: number
      readonly sequence: number
      /** Topic, partition and number of records of each run. */
      readonly places: readonly (readonly [string, number, number])[]
    }
  | {
      readonly op: 'read'
      readonly from: readonly (readonly [string, number, number])[]
      readonly maxBytes: number
      /** null: for ever. */
      readonly maxWaitMs: number | null
    }
  | {
      readonly op: 'trim'
      readonly topic: string
      readonly partition: number
      readonly before: number
    }
  | { readonly op: 'cut' }
  | { readonly op: 'release'; readonly cut: number }

/** The answer to `cut`: its number in this connection, and what it holds. It is released with the connection. */
export interface CutAnswer {
  readonly cut: number
  readonly checkpoint: Checkpoint
}

/** The answer to a read: which of the partitions asked for the runs are of, how many bytes each, and where to go on. */
export interface ReadAnswer {
  readonly parts: readonly (readonly [number, number])[]
  readonly next: readonly (readonly [number, number])[]
}
