// What a definition means, as frozen data: the engine runs a Plan and knows nothing of the definition language.
import type { FileFormat } from '../base/file-format.ts'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { WindowAggregate } from '../contracts/aggregate.ts'
import type { ColumnKind } from '../contracts/columns.ts'
import type { Detector } from '../contracts/detector.ts'
import type { WindowTest } from '../contracts/window-test.ts'
import type { RuntimeSpec } from '../contracts/runtime.ts'
import type { KeySelector, Selector } from '../contracts/selector.ts'
import type { Encoding } from '../features/categories.ts'
import type { FileOptions } from './file-options.ts'

/** A window (t - over - delay, t - delay]; with `hopMs` its left edge lies on a multiple of the hop, and no event is kept. */
export interface WindowPlan {
  readonly overMs: number
  readonly delayMs: number
  readonly hopMs: number | undefined
}

export type FeaturePlan =
  /** A value of the event itself; only in a set of the pipeline's own stream. */
  | {
      readonly kind: 'value'
      readonly name: string
      readonly of: Selector
      readonly gives: ColumnKind | undefined
      /** A category, as numbers; `takes` is then the kind of what `of` gives. */
      readonly encoding?: Encoding
      readonly takes?: ColumnKind
    }
  /** The newest value of the key (by event time; of equal times the later one), none after `keepMs`. */
  | {
      readonly kind: 'last'
      readonly name: string
      readonly of: Selector
      readonly gives: ColumnKind | undefined
      readonly keepMs: number | undefined
    }
  /** Milliseconds since the key's previous event; the event itself does not count. */
  | { readonly kind: 'since'; readonly name: string; readonly otherwise: number | undefined }
  | {
      readonly kind: 'window'
      readonly name: string
      readonly aggregate: WindowAggregate
      readonly of: Selector | undefined
      /** The kind of what `of` gives. */
      readonly takes: ColumnKind
      /** Of vectors that are aggregated value by value: how many values each has. */
      readonly length: number | undefined
      readonly gives: ColumnKind
      readonly window: WindowPlan
      /** Whether its aggregate is the user's own: it is called with the clock and randomness closed. */
      readonly userMade?: boolean
      /** In the place of "none". */
      readonly otherwise: number | undefined
    }

/** Keyed state of one stream. Found by name, never by position. */
export interface SetPlan {
  readonly name: string
  readonly stream: string
  readonly key: KeySelector
  /** How long a key is kept after its last event, ms of event time; undefined: for ever. At least the longest window. */
  readonly keepMs: number | undefined
  readonly budget:
    | {
        readonly keys: number | undefined
        readonly bytes: number | undefined
        readonly then: 'evict-oldest' | 'stop'
      }
    | undefined
  readonly features: readonly FeaturePlan[]
}

/** What a pipeline does with a stream. */
export interface StreamUses {
  /** Sets of this stream that stages look up, each once: its events are fed to them. Sets a row itself updates are `StagePlan.own`. */
  readonly sets: readonly SetPlan[]
  /** Labels that models take from this stream. */
  readonly labels: readonly {
    readonly model: string
    readonly by: KeySelector
    readonly label: Selector
  }[]
}

/** A stream that is read from a topic. */
export interface StreamPlan extends StreamUses {
  readonly name: string
  readonly topic: string
  /** The topic's records have the stream's encoded key, in the partition that key hashes to; checked record by record. */
  readonly partitionedByKey: boolean
  readonly schema: StandardSchemaV1
  readonly key: KeySelector
  readonly time: Selector
  readonly latenessMs: number
  /** How far ahead of now an event may be; undefined: no bound. */
  readonly aheadMs: number | undefined
  /** After how long without records a partition is idle; undefined: never. */
  readonly idleMs: number | undefined
  /** Fields whose values dead letters and receipts do not show, as dotted paths; left out: none. */
  readonly redact?: readonly string[]
  /** Topic of late events; undefined: `<stream>.late`. */
  readonly late: string | undefined
}

/** How the events of a derived stream come from those of another. */
export type DerivedStep =
  /** Those that pass a test. */
  | { readonly kind: 'filter'; readonly test: Selector }
  /** What a function makes of each; its schema says whether that is an event. */
  | { readonly kind: 'map'; readonly to: Selector }
  /** Those of several streams. */
  | { readonly kind: 'union' }

/** A stream made of others. It has no topic: its events are made where those they come from are read, and have their time and place. */
export interface DerivedPlan extends StreamUses {
  readonly name: string
  /** Streams it is made of: one, of a union several. Each is in `Plan.streams`, or before it in `Plan.derived`. */
  readonly of: readonly string[]
  readonly step: DerivedStep
  readonly schema: StandardSchemaV1
  readonly key: KeySelector
  /** The greatest of the streams it comes from. */
  readonly latenessMs: number
}

/** A set as one stage uses it. */
export interface SetUse {
  readonly set: SetPlan
  /** The name it is used under; features are named by `names`, parallel to `set.features`. */
  readonly as: string
  readonly names: readonly string[]
}

export interface Lookup extends SetUse {
  /** How long an empty lane of the set holds a row back, ms; Infinity for 'forever'. */
  readonly waitMs: number
}

/** What a label is to the output it judges. */
export type MeasurePlan =
  /** The output is the probability of label 1 (`true`); the other is 0. */
  | { readonly kind: 'probability' }
  /** Labels are 0 .. classes - 1; the output is one of them or, with `chances`, the probabilities of all. */
  | { readonly kind: 'classes'; readonly classes: number; readonly chances: boolean }
  /** Both are numbers. */
  | { readonly kind: 'numbers' }
  /** The label is what a choice earned, one of so many; the output is its propensity. */
  | { readonly kind: 'rewards'; readonly arms: number }

export interface LabelPlan {
  /** The stream the labels come from. */
  readonly stream: string
  /** Id of the prediction, from the predicted event. */
  readonly of: KeySelector
  readonly by: KeySelector
  readonly label: Selector
  readonly withinMs: number
  /** How long a label that is ahead of its prediction waits, ms. */
  readonly earlyMs: number
  /** The label at expiry; undefined: an expired prediction yields no example. */
  readonly otherwise: number | undefined
  /** The output the label is compared with; undefined: not known, and nothing is judged. */
  readonly judges?: string | undefined
  /** Left out: a probability. */
  readonly measure?: MeasurePlan | undefined
}

/** How a model learns in the stream. */
export interface LearningPlan {
  /** `labels`: from its examples, as their labels come. `rows`: from each row that it predicts; there is no label to wait for. */
  readonly from: 'labels' | 'rows'
  /** The features it learns from, in the order of its columns. */
  readonly features: readonly string[]
  /** How many there are where labels are classes; of a bandit, how many actions. */
  readonly classes: number
  /** Of a bandit, what it chooses from: the first is arm 0. Labels are what the chosen one earned. */
  readonly actions?: readonly string[] | undefined
  /** Predictions follow its snapshots, which are taken at multiples of this of the merge time of what it learns, ms. */
  readonly periodMs: number
  /** How long a row waits for the snapshot of its time, ms; Infinity for 'forever'. */
  readonly waitMs: number
}

/** What is watched of a model: of each example whether it was wrong, or its loss; of each row what was predicted, or a feature. */
export type DriftQuantity = 'error' | 'loss' | 'prediction' | 'feature'

/** A detector over one number of a model. */
export interface DriftPlan {
  /** `error/adwin`: its state is found by it. */
  readonly name: string
  readonly of: DriftQuantity
  readonly feature: string | undefined
  /** The output, where predictions are watched. */
  readonly output: string | undefined
  readonly detector: string
  /** Makes one that has seen nothing. */
  readonly make: () => Detector
  /** SHA-256 of one, hex. */
  readonly settings: string
  /** Numbers after a drift in which further ones are not told. */
  readonly cooldown: number
  readonly direction: 'up' | 'down' | 'both'
  /** Its false-alarm budget; undefined where its settings have none. */
  readonly rowsBetweenFalseAlarms: number | undefined
}

/** Numbers of a model that are compared window by window, by one test. */
export interface WindowDriftPlan {
  /** `prediction+amount/ks/3600000`: its state is found by it. */
  readonly name: string
  readonly numbers: readonly WindowNumber[]
  readonly test: WindowTest
  /** SHA-256 of all that decides what is gathered and said, hex. */
  readonly settings: string
  readonly windowMs: number
  /** A length in ms; the window before; or rows that are given, a column a number. */
  readonly reference: number | 'before' | readonly (readonly number[])[]
  /** Of a window, and of the reference, that are kept at most. */
  readonly rows: number
}

export interface WindowNumber {
  readonly of: 'prediction' | 'feature'
  readonly feature: string | undefined
  /** The output, where predictions are compared. */
  readonly output: string | undefined
}

export interface ModelPlan {
  readonly name: string
  /** The key of its prediction in the row: undefined for `prediction`, else its place in `predictions`. */
  readonly as: string | undefined
  /** Names of the features it may take, as the row has them. */
  readonly features: readonly string[]
  readonly runtime: RuntimeSpec
  /** How long one call may take, ms; undefined: the runner's default. */
  readonly deadlineMs?: number | undefined
  /** The schema of what it gives. */
  readonly output: StandardSchemaV1
  readonly labels: LabelPlan | undefined
  /** Of a model whose runtime is a learner. */
  readonly learning?: LearningPlan | undefined
  /** What is watched, row by row and window by window; left out: nothing. */
  readonly drift?: readonly DriftPlan[] | undefined
  readonly windowDrift?: readonly WindowDriftPlan[] | undefined
}

/** Functions here take the row `{ event, features, prediction, predictions }`. */
export interface EmitPlan {
  readonly topic: string
  readonly body: Selector
  /** undefined: the stream's key. */
  readonly key: KeySelector | undefined
}
export interface WhenPlan {
  readonly test: Selector
  /** Topics that get the row's body: the event, features and predictions as JSON. */
  readonly topics: readonly string[]
}

/** Rows of the periods of a set: one a key that had an event in the period, as of its end. */
export interface EveryPlan {
  readonly topic: string
  /** Periods end at multiples of it, from 1970 on; the end is in the period, the beginning is not. */
  readonly periodMs: number
  /** The name the set is used under, in the same stage. */
  readonly set: string
  /** Takes `{ key, features, from, to, revision }`. */
  readonly body: Selector
}

/** A stage: one key, one task a partition. Rows of the pipeline's stream pass the stages in order. */
export interface StagePlan {
  readonly name: string
  readonly key: KeySelector
  /** Sets of the pipeline's own stream with this key: a row updates them, then reads them. */
  readonly own: readonly SetUse[]
  /** Sets read as of the row's time, fed by a topic of their own; they rank before the row. */
  readonly lookups: readonly Lookup[]
  readonly everies: readonly EveryPlan[]
  /** Only in the last stage. */
  readonly models: readonly ModelPlan[]
  readonly emits: readonly EmitPlan[]
  readonly whens: readonly WhenPlan[]
}

/** Files that are copied into the topic of a stream, one after the other. */
export interface FileSourcePlan {
  readonly stream: string
  readonly topic: string
  /** Relative to the definition's file. */
  readonly paths: readonly string[]
  readonly options: FileOptions
}

/** A file that a topic is written to. */
export interface FileSinkPlan {
  readonly kind: 'file'
  readonly topic: string
  /** Relative to the definition's file. */
  readonly path: string
  /** Parquet is written as a whole when the run ends; the others grow. */
  readonly format: FileFormat
  /** Of CSV: what lies between cells. */
  readonly delimiter: string
  /** Of CSV; undefined: the fields of the first record. */
  readonly columns: readonly string[] | undefined
}

/** A topic of another cluster. */
export interface KafkaPlace {
  /** The topic of the log that it is copied into, or written from. */
  readonly topic: string
  /** `HOST:PORT` of some of its brokers. */
  readonly brokers: readonly string[]
  /** Its name there. */
  readonly name: string
  /** The file of properties that secures connections, relative to the definition's file. */
  readonly config: string | undefined
}

/** A topic of another cluster that is copied into that of a stream, partition by partition. */
export interface KafkaSourcePlan extends KafkaPlace {
  readonly stream: string
  /** Whether the stream ends where the topic ended when it was first read. */
  readonly end: boolean
}

/** A topic of another cluster that a topic is written to. */
export interface KafkaSinkPlan extends KafkaPlace {
  readonly kind: 'kafka'
}

export type SinkPlan = FileSinkPlan | KafkaSinkPlan

/** Of a plan, what lies at the edge of the log: where it lies changes no result, so that it is in no digest. */
export type EdgePlans = 'fileSources' | 'fileSinks' | 'kafkaSources' | 'kafkaSinks'

export interface Plan {
  readonly pipeline: string
  /** The stream whose rows pass the stages. */
  readonly from: string
  /** Streams that are read from topics. */
  readonly streams: readonly StreamPlan[]
  /** Streams that are made of those, each after those it is made of. */
  readonly derived: readonly DerivedPlan[]
  readonly stages: readonly StagePlan[]
  /** How far back a replay reaches, ms: as long is kept what it needs. Changes no result, so that it is not in the digest. */
  readonly replayMs: number
  /** How long receipts and what became of them are kept at least, ms; not in the digest either. */
  readonly receiptsMs: number
  /** What is copied in at the edge, and what is written out: where it lies changes no result, so that it is not in the digest. */
  readonly fileSources: readonly FileSourcePlan[]
  readonly fileSinks: readonly FileSinkPlan[]
  readonly kafkaSources: readonly KafkaSourcePlan[]
  readonly kafkaSinks: readonly KafkaSinkPlan[]
  /** SHA-256, hex, of the definition (names, options, texts of functions) as canonical JSON. */
  readonly digest: string
}
