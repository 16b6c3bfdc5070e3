// Streams whose concept changes: at once, little by little, or again and again.
import { DefinitionError } from '../../base/errors.ts'
import { Prng } from '../../base/prng.ts'
import { checkSetting } from '../settings.ts'
import type { Generator } from './generator.ts'

/** What `conceptDrift` takes. */
export interface ConceptDriftOptions {
  /** The concept at first. */
  readonly from: Generator
  /** The one after it: of the same features and classes. */
  readonly to: Generator
  /** The row, counted from 0, at which both are equally likely; with `over` 0 the first of the new concept. */
  readonly at: number
  /** Rows of the change: 0 is abrupt. Default 0. */
  readonly over?: number
  /** Of the choice between the two. Default 1. */
  readonly seed?: number
}

/** What `recurring` takes. */
export interface RecurringOptions {
  /** Rows of each concept. */
  readonly every: number
  /** Rows of each change, at most half of `every`: 0 is abrupt. Default 0. */
  readonly over?: number
  /** Default 1. */
  readonly seed?: number
}

/**
 * One concept, then another. A row comes from the new one with chance 1 / (1 + exp(-4 (row - at) / over)) (Bifet, Holmes, Pfahringer,
 * Kirkby and Gavalda, KDD 2009; MOA's ConceptDriftStream). Drifts can be put one into the other for more than two concepts.
 * @example
 * conceptDrift({ from: sea(), to: sea({ concept: 2 }), at: 10_000, over: 500 })
 * @throws DefinitionError where the two have other features or classes.
 */
export function conceptDrift({ from, to, at, over = 0, seed = 1 }: ConceptDriftOptions): Generator {
  checkSame([from, to])
  checkSetting('concept drift', 'at', at, { atLeast: 0, whole: true })
  checkSetting('concept drift', 'over', over, { atLeast: 0, below: Infinity })
  const random = new Prng(seed)
  let row = 0
  return {
    ...shape(from),
    next: (x) => (random.chance(newShare(row++ - at, over)) ? to : from).next(x),
  }
}

/**
 * The concepts in turn, the first again after the last, each for `every` rows; between two, the change of `conceptDrift`.
 * @example
 * recurring([stagger(), stagger({ concept: 1 })], { every: 1000 })
 * @throws DefinitionError where they are fewer than two, or have other features or classes.
 */
export function recurring(
  concepts: readonly Generator[],
  { every, over = 0, seed = 1 }: RecurringOptions,
): Generator {
  if (concepts.length < 2) {
    throw new DefinitionError(
      `recurring: expected two concepts or more, found ${concepts.length}; give the concepts that take turns`,
    )
  }
  checkSame(concepts)
  checkSetting('recurring', 'every', every, { atLeast: 1, whole: true })
  checkSetting('recurring', 'over', over, { atLeast: 0, atMost: every / 2 })
  const random = new Prng(seed)
  let row = 0
  return {
    ...shape(concepts[0]),
    next(x) {
      // The change that is nearest: the others are as good as over, or not begun.
      const change = Math.max(1, Math.round(row / every))
      const later = random.chance(newShare(row++ - change * every, over))
      return concepts[(later ? change : change - 1) % concepts.length].next(x)
    },
  }
}

function newShare(since: number, over: number): number {
  if (over === 0) return since >= 0 ? 1 : 0
  return 1 / (1 + Math.exp((-4 * since) / over))
}

function shape({ kind, task, classes, features }: Generator): Omit<Generator, 'next'> {
  return { kind, task, classes, features }
}

function checkSame(concepts: readonly Generator[]): void {
  const said = concepts.map(
    ({ features, classes }) =>
      `${features.map(({ name, values }) => `${name}:${values ?? 'number'}`).join(' ')} -> ${classes}`,
  )
  const other = said.find((each) => each !== said[0])
  if (other === undefined) return
  throw new DefinitionError(
    `concept drift: expected concepts of the same features and classes, found '${said[0]}' and '${other}'; make them of one generator with other settings`,
  )
}
