// What HTTP may ask of a pipeline that runs. Whoever serves it knows no log, no task and no process; whoever answers knows no socket.
import type { PartitionInfo, ReadFrom, ReadOptions, ReadResult } from './log.ts'

export interface EdgeAppend {
  /** A topic that may be written to. */
  readonly topic: string
  /** One event each, JSON by promise only: what is none becomes a dead letter. All of them are appended, or none. */
  readonly events: readonly Uint8Array[]
  /** Field of the event that is its record's key; undefined: none, and records take turns over the partitions. */
  readonly key: string | undefined
  /** Field of the event that is its record's time; undefined: now. */
  readonly time: string | undefined
  /** Whether to refuse, with nothing appended, what the topic's schema does. */
  readonly check: boolean
  /** The same one appends once, also after a restart. */
  readonly idempotencyKey: string | undefined
}

export interface EdgeAppended {
  readonly topic: string
  readonly records: number
  /** Where they lie: [from, to) of each partition. `from` is undefined for a repetition whose records are no longer kept. */
  readonly partitions: readonly {
    readonly partition: number
    readonly from: number | undefined
    readonly to: number | undefined
  }[]
  /** Whether they were appended by an earlier request with this idempotency key. */
  readonly repeated: boolean
}

export interface FeaturesAsked {
  readonly set: string
  /** The key as text; a key that is no text as its JSON. */
  readonly key: string
  /** Event time, ms; undefined: as far as the task has come. */
  readonly at: number | undefined
}

export interface FeaturesTold {
  readonly set: string
  readonly key: string
  /** Event time the features are of, ms. */
  readonly at: number
  /** Number of the task's commit they were read after. */
  readonly commit: number
  readonly features: Readonly<Record<string, unknown>>
}

export interface EdgeReadiness {
  readonly ready: boolean
  /** Why not, one sentence each. */
  readonly reasons: readonly string[]
}

/** One figure of a kind, with what tells it from others of that kind. */
export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

/** Figures of one name, as Prometheus has them. */
export interface Figure {
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** A histogram's own names (`_bucket`, `_sum`, `_count`) are in `suffix`. */
  readonly samples: readonly (Sample & { readonly suffix?: string })[]
}

export interface Edge {
  readonly pipeline: string
  /** What may be done with a topic: what may be written may be read, too. undefined: nothing, as if it were not there. */
  useOf(topic: string): 'write' | 'read' | undefined
  /**
   * Resolves when all of it is durable.
   * @throws MillraceError ML_EVENT where an event lacks a field or is refused, ML_USAGE for an idempotency key that came with other events,
   * ML_DISK_FULL, ML_CONNECTION: after the last two it may have happened, and the same request with an idempotency key is safe.
   */
  append(request: EdgeAppend): Promise<EdgeAppended>
  partitions(topic: string): Promise<readonly PartitionInfo[]>
  read(from: readonly ReadFrom[], options: ReadOptions): Promise<ReadResult>
  /** undefined for a key that is not known. @throws DefinitionError ML_USAGE for a set that is not. */
  features(asked: FeaturesAsked): Promise<FeaturesTold | undefined>
  readiness(): EdgeReadiness
  figures(): Promise<readonly Figure[]>
}
