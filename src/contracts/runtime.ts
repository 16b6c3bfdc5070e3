// A runtime scores rows with a model. It is loaded from bytes whose digest is known, never from a path a worker picks itself.
import type { Column, ColumnKind } from './columns.ts'
import type { BanditFactory, LearnerFactory } from './learner.ts'
import type { TrainingData } from './training-data.ts'

/** One feature as a model sees it. */
export interface FeatureInfo {
  readonly name: string
  readonly kind: ColumnKind
}

/** What a user wrote in the definition: pure data, checked without any I/O. */
export interface RuntimeSpec {
  /** `onnx`, `function`, `learner`, `bandit`: which loader the runner picks. */
  readonly kind: string
  /** File of the model, relative to the definition's file; undefined where there is none. */
  readonly path: string | undefined
  /** Options of that kind, JSON only: part of the plan digest. */
  readonly options: Readonly<Record<string, unknown>>
  /** The user's function, only of kind `function`: it takes the features by name. Its text stands for it in the plan digest. */
  readonly call?: (features: never) => unknown
  /** What makes the learner, only of kinds `learner` and `bandit`; a digest of its settings is among the options. */
  readonly learner?: LearnerFactory | BanditFactory
}

/** How a row came out. */
export const SCORED = 0
export const REFUSED = 1 // a feature is missing, NaN or infinite and the policy says refuse
export const FELL_BACK = 2 // the stated fallback was used
export const FAILED = 3 // the model failed on this row and there is no fallback

export interface OutputInfo {
  readonly name: string
  readonly kind: 'number' | 'boolean' | 'string' | 'vector'
}

/** Rows scored together. Outputs are in the order of `LoadedModel.outputs`. */
export interface Scored {
  readonly rows: number
  readonly outputs: readonly Column[]
  /** SCORED, REFUSED, FELL_BACK or FAILED, one a row. */
  readonly outcome: Uint8Array
  /** Why a row was REFUSED or FAILED, or what the fallback stands for, by row; it never holds values of the event. */
  readonly reasons: ReadonlyMap<number, string>
}

/** Where rows come from: partition and offset of each in the stream's source. */
export interface RowPlaces {
  readonly partitions: Float64Array
  readonly offsets: Float64Array
}

/** A model that learns, by what it has learnt. */
export interface LoadedLearner {
  /** SHA-256, hex, of the learner as it begins: learners of other settings take none of its snapshots. */
  readonly digest: string
  /** The model as a snapshot has it. @throws StateError ML_STATE where the bytes are not those of such a learner. */
  at(snapshot: Uint8Array): LoadedModel
}

export interface LoadedModel {
  /** SHA-256 of the model's bytes, hex. */
  readonly digest: string
  /** Features in the order of the model's vector; the receipt keeps them so. */
  readonly features: readonly string[]
  /** 'float32' or 'float64': the precision the model reads features with, and receipts keep them with. */
  readonly precision: 'float32' | 'float64'
  readonly outputs: readonly OutputInfo[]
  /** What it says of the data it was trained on. */
  readonly trainedOn?: TrainingData | undefined
  /** How it runs, for `plan` and the plan digest: 'onnxruntime 1.30.0, cpu, bucket 64, 1 thread'. */
  readonly path: string
  /** Rows of one run of the model; a call costs as much as the whole runs it takes. */
  readonly bucket: number
  /** Whether a fallback is stated. */
  readonly fallsBack: boolean
  /**
   * Scores rows [0, rows). `features` are columns by the names of `FeatureInfo` given at load, in that order.
   * The bits of a row's outputs do not depend on which rows it is scored with. What chance a model takes, it takes from the place of a row,
   * so that a replay takes the same; one that takes none needs no places.
   */
  score(features: readonly Column[], rows: number, places?: RowPlaces): Promise<Scored>
  /** Of a model that learns. Itself it is as it begins: it knows nothing. */
  readonly learner?: LoadedLearner
  /** How rows come out for which the model is not called: FELL_BACK where a fallback is stated, else FAILED. */
  without(rows: number, reason: string): Scored
  close(): Promise<void>
}

export interface Runtime {
  readonly kind: string
  /**
   * Checks the bytes against the features and loads them.
   * @throws ModelError ML_MODEL that names the feature or tensor, what was expected and found, and what to do.
   */
  load(bytes: Uint8Array, features: readonly FeatureInfo[], spec: RuntimeSpec): Promise<LoadedModel>
}
