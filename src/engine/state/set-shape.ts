// What a feature set keeps, as set-layout.ts works it out: words of an entry, tiles, folds and windows.
import type { Aggregate, WindowAggregate } from '../../contracts/aggregate.ts'
import type { ColumnKind } from '../../contracts/columns.ts'
import type { Encoding } from '../../features/categories.ts'
import type { Fold, Place } from './fold.ts'

/** A value of an entry; word 0 of an entry is its time. */
export interface EntryField {
  readonly word: number
  /** More than one: the values of a vector, one a word. */
  readonly words: number
  /** Which input column it is taken from. */
  readonly input: number
  readonly kind: ColumnKind
  readonly as: EntryForm
  /** Word of (time, value) of its newest event before the kept ones, in a key's record; -1 unless a `last` reads it. */
  readonly lastWord: number
}

/** A number or a reference to bytes; a hash of the value; the values of a vector. */
export type EntryForm = 'value' | 'hash' | 'items'

export interface Level {
  readonly tileMs: number
  readonly hop: boolean
  readonly folds: readonly Fold[]
  /** Whether all its folds are sums: they are then merged together. */
  readonly sums: boolean
  /** Whether running folds of it are kept for keys with many events: not where they are wide. */
  readonly kept: boolean
  /** Doubles of all its folds. */
  readonly width: number
  /** Its folds of no events. */
  readonly empty: Place
  /** Place of its running folds among the derived doubles of an entry. */
  readonly derivedAt: number
  /** Words in a key's record of the ring of tiles whose events were dropped; -1 when windows never reach behind the kept events. */
  readonly tilesWord: number
  /** How far a tile may reach behind a row's time, ms. */
  readonly reachMs: number
}

/** What a feature of a window is read from. */
export interface WindowFeature {
  readonly feature: number
  readonly aggregate: WindowAggregate
  /** The aggregate again where it gives one number and nothing else: so nearly all do, and are read without a question. */
  readonly scalar: Aggregate | undefined
  /** Place of its first fold in the level's state. */
  readonly place: number
  /** Where its value is read without a call: place of the double, and of the one it is divided by; -1 for none. */
  readonly of: number
  readonly by: number
  /** Its folds: one, or one a value of a vector. */
  readonly folds: readonly Fold[]
  readonly otherwise: number | undefined
  /** Whether the values are references to bytes. */
  readonly bytes: boolean
  /** Whether it gives a vector, one fold a place. */
  readonly vector: boolean
}

export interface Window {
  readonly level: number
  readonly overMs: number
  readonly delayMs: number
  readonly features: readonly WindowFeature[]
  /** Folds of the level that its features need. */
  readonly folds: readonly Fold[]
}

/** Windows whose events are all kept, and which are read from them without a fold: features of one value over one span. */
export interface ExactWindow {
  readonly overMs: number
  readonly delayMs: number
  readonly word: number
  readonly features: readonly WindowFeature[]
}

export interface SetLayout {
  readonly fields: readonly EntryField[]
  readonly entryWords: number
  readonly derivedWords: number
  readonly levels: readonly Level[]
  readonly windows: readonly Window[]
  readonly exactWindows: readonly ExactWindow[]
  /** Field of each `last` feature. */
  readonly lasts: readonly {
    readonly feature: number
    readonly field: EntryField
    readonly keepMs: number | undefined
  }[]
  readonly sinces: readonly { readonly feature: number; readonly otherwise: number | undefined }[]
  /** Input column of each `value` feature. */
  readonly values: readonly {
    readonly feature: number
    readonly input: number
    readonly encoding: Encoding | undefined
  }[]
  /** Word of the time of the newest event before the kept ones; -1 without `since`. */
  readonly sinceWord: number
  /** Extra words of a key's record. */
  readonly keyWords: number
  /** How long an event is kept behind the merge time, ms. */
  readonly retainMs: number
  /** Whether it keeps anything at all. */
  readonly stateful: boolean
  /** Everything above that the bytes depend on, as text. */
  readonly signature: string
}
