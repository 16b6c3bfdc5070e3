// What a plan is told as: the shape of what `millrace plan` prints, and gives with --json.
import type { FieldReport } from '../schema/event-schema.ts'
import type { SetPlan } from './plan.ts'
import type { StateSize } from './state-size.ts'

export interface Carries {
  readonly columns: readonly string[]
  /** Steps that may read anything of the row or the event: because of them nothing is left out. */
  readonly openEnded: readonly string[]
}

export interface StreamDescription {
  readonly name: string
  /** What the pipeline does with it. */
  readonly roles: readonly ('predicted' | 'looked up' | 'labels')[]
  readonly topic: string
  /** Files that are copied into the topic. */
  readonly files: readonly string[]
  /** The topic of another cluster that is copied into it. */
  readonly cluster: string | undefined
  readonly partitionedByKey: boolean
  readonly key: string
  readonly time: string
  readonly latenessMs: number
  readonly late: string
  readonly aheadMs: number | undefined
  readonly idleMs: number | undefined
  /** Fields whose values dead letters and receipts do not show. */
  readonly redact: readonly string[]
  readonly decoded: 'native' | 'fallback' | 'unknown'
  /** Why it falls back. */
  readonly reason: string | undefined
  readonly fields: readonly FieldReport[]
}

export interface DerivedDescription {
  readonly name: string
  readonly roles: StreamDescription['roles']
  readonly of: readonly string[]
  /** What makes it: `filter amount > 100`. */
  readonly step: string
  /** Topics its events are read from. */
  readonly topics: readonly string[]
  readonly key: string
  /** How what a map makes is read; undefined where it is read as the stream it is made of. */
  readonly decoded: 'native' | 'fallback' | 'unknown' | undefined
  /** Why it falls back. */
  readonly reason: string | undefined
}

export interface SetDescription {
  /** The name it is used under. */
  readonly as: string
  readonly set: string
  readonly stream: string
  readonly features: readonly FeatureDescription[]
  /** How long a row waits for it, ms; undefined for a set the row itself updates. */
  readonly waitMs: number | 'forever' | undefined
  /** undefined: it keeps nothing. */
  readonly state: StateSize | undefined
  readonly budget: SetPlan['budget']
}

export interface FeatureDescription {
  readonly name: string
  readonly what: string
  /** Of a window in hops: bytes of its own a key. Others share the events that are kept, or keep a value. */
  readonly bytesPerKey: number | undefined
  /** How far its value may be from the exact one; undefined where it is exact. */
  readonly bound: string | undefined
}

export interface StageDescription {
  readonly name: string
  readonly key: string
  readonly tasks: number
  /** Whether rows reach it through a topic of their own. */
  readonly hop: boolean
  readonly carries: Carries | undefined
  readonly sets: readonly SetDescription[]
}

export interface ModelDescription {
  readonly name: string
  readonly prediction: string
  readonly kind: string
  readonly file: string | undefined
  readonly path: string
  readonly features: readonly string[]
  readonly labels: LabelDescription | undefined
  readonly learning: LearningDescription | undefined
  /** What is watched for drift. */
  readonly drift: readonly DriftDescription[]
  /** What is compared window by window. */
  readonly windowDrift: readonly WindowDriftDescription[]
}

export interface WindowDriftDescription {
  /** `prediction`, and names of features. */
  readonly of: readonly string[]
  readonly test: string
  readonly windowMs: number
  /** A length in ms, the window before, or rows that are given. */
  readonly reference: number | 'before' | 'given'
  /** That are kept of each, at most. */
  readonly rows: number
}

export interface DriftDescription {
  /** `error`, `loss`, `prediction`, or the name of a feature. */
  readonly of: string
  readonly detector: string
  readonly cooldown: number
  readonly direction: 'up' | 'down' | 'both'
  /** It gives at most one false alarm in so many numbers; undefined where its settings say nothing. */
  readonly rowsBetweenFalseAlarms: number | undefined
}

/** Of a model that learns. */
export interface LearningDescription {
  readonly learner: string
  /** The task that learns is the only one of this stage. */
  readonly stage: string
  /** `rows`: from each row once it is predicted, without labels. */
  readonly from: 'labels' | 'rows'
  readonly features: readonly string[]
  /** Of a bandit, what it chooses from. */
  readonly actions?: readonly string[] | undefined
  readonly periodMs: number
  readonly waitMs: number | 'forever'
  /** About what it takes before it has learnt anything. */
  readonly memoryBytes: number
}

export interface LabelDescription {
  readonly stream: string
  readonly withinMs: number
  readonly earlyMs: number
  readonly otherwise: number | undefined
  readonly judges: string | undefined
  /** Predictions that wait at once, at the most: rate x within; undefined where the rate is not known. */
  readonly waiting: ({ readonly rows: number } & WaitingSize) | undefined
  /** What one that waits takes; one that has its label takes it again until it expires. */
  readonly waitingEach: WaitingSize
}

export interface WaitingSize {
  /** In the log. */
  readonly bytes: number
  /** In the memory of the tasks that join. */
  readonly memoryBytes: number
}

export interface OutputDescription {
  readonly topic: string
  readonly step: 'emit' | 'when'
  readonly key: string
  /** The file its topic is written to. */
  readonly file: string | undefined
  /** The topic of another cluster that it is written to. */
  readonly cluster: string | undefined
}

export interface PeriodDescription {
  readonly topic: string
  readonly everyMs: number
  /** The set whose keys have a row each, its key, and the stage that keeps it. */
  readonly set: string
  readonly key: string
  /** Whether the key is one and the same for all events: there is one row over all, made by one task. */
  readonly overAll: boolean
  readonly stage: string
  /** How late an event may be that changes rows already written. */
  readonly latenessMs: number
}

export interface PlanDescription {
  readonly pipeline: string
  readonly digest: string
  readonly streams: readonly StreamDescription[]
  readonly derived: readonly DerivedDescription[]
  readonly stages: readonly StageDescription[]
  readonly models: readonly ModelDescription[]
  readonly outputs: readonly OutputDescription[]
  readonly periods: readonly PeriodDescription[]
  readonly topics: readonly {
    readonly name: string
    readonly partitions: number
    readonly internal: boolean
    /** How long records are kept, ms; what lies between tasks also until it is read. undefined: it is for whoever owns it to say. */
    readonly keptMs: number | undefined
    /** Whether it is kept that long for replays, and trimmed by its reader. */
    readonly forReplay: boolean
  }[]
}
