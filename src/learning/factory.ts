// Learners and preparations as a definition writes them: settings, without a size.
import type {
  BanditFactory,
  Learner,
  LearnerFactory,
  LearnerSize,
  Preparer,
  PreparerFactory,
} from '../contracts/learner.ts'
import { pipe as pipeOf } from './pipe.ts'

/** Settings as the user writes them: how many features and classes there are is known from the model. */
export type Settings<Options> = Omit<Options, 'features' | 'classes'>

// Classes, because a plan knows a learner by a digest of its settings, and not by the texts of these functions.

class MadeLearner implements LearnerFactory {
  readonly kind: string
  readonly task: LearnerFactory['task']
  readonly #make: (size: LearnerSize) => Learner

  constructor(kind: string, task: LearnerFactory['task'], make: (size: LearnerSize) => Learner) {
    this.kind = kind
    this.task = task
    this.#make = make
    Object.freeze(this)
  }

  make(size: LearnerSize): Learner {
    return this.#make(size)
  }
}

class MadeBandit implements BanditFactory {
  readonly kind: string
  readonly task = 'rewards'
  readonly #make: (size: LearnerSize) => Learner

  constructor(kind: string, make: (size: LearnerSize) => Learner) {
    this.kind = kind
    this.#make = make
    Object.freeze(this)
  }

  make(size: LearnerSize): Learner {
    return this.#make(size)
  }
}

class MadePreparer implements PreparerFactory {
  readonly kind: string
  readonly #make: (features: number) => Preparer

  constructor(kind: string, make: (features: number) => Preparer) {
    this.kind = kind
    this.#make = make
    Object.freeze(this)
  }

  make(features: number): Preparer {
    return this.#make(features)
  }
}

/** @throws what `make` throws for settings that are wrong whatever the size is. */
export function learnerOf(
  kind: string,
  task: LearnerFactory['task'],
  make: (size: LearnerSize) => Learner,
): LearnerFactory {
  return new MadeLearner(kind, task, make)
}

export function banditOf(kind: string, make: (size: LearnerSize) => Learner): BanditFactory {
  return new MadeBandit(kind, make)
}

export function preparerOf(kind: string, make: (features: number) => Preparer): PreparerFactory {
  return new MadePreparer(kind, make)
}

/**
 * Preparations and a learner, or a bandit, as one: each step takes the columns of the one before. A row is predicted by preparations as they
 * were before it, and learnt by preparations that have learnt it.
 * @example
 * pipe(standardScaler(), logisticRegression())
 */
export function pipe(
  ...steps: readonly [...(readonly PreparerFactory[]), LearnerFactory]
): LearnerFactory
export function pipe(
  ...steps: readonly [...(readonly PreparerFactory[]), BanditFactory]
): BanditFactory
export function pipe(
  ...steps: readonly [...(readonly PreparerFactory[]), LearnerFactory | BanditFactory]
): LearnerFactory | BanditFactory {
  const preparers = steps.slice(0, -1) as readonly PreparerFactory[]
  const learner = steps[steps.length - 1] as LearnerFactory | BanditFactory
  const kind = steps.map((each) => each.kind).join('|')
  const make = ({ features, classes }: LearnerSize): Learner => {
    let width = features
    const made = preparers.map((each) => {
      const preparer = each.make(width)
      width = preparer.outputs
      return preparer
    })
    return pipeOf(...made, learner.make({ features: width, classes }))
  }
  return learner.task === 'rewards' ? banditOf(kind, make) : learnerOf(kind, learner.task, make)
}
