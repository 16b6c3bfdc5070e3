// What scores the rows of a model, as the definition knows it. Nothing is loaded here: that is the runner's.
import type { RuntimeDefinition } from './definitions.ts'
import type { MillraceTypeError } from './type-error.ts'

/** A runtime that takes features of a type and gives an output of a type. Made by `onnx`, `functionModel`, `learner` or `bandit`. */
export interface ModelRuntime<Features, Output> {
  /** `'onnx'`, `'function'`, `'learner'` or `'bandit'`. */
  readonly kind: string
  readonly '~features'?: (features: Features) => void
  readonly '~output'?: Output
  readonly '~runtime': RuntimeDefinition
}

/** Features whose values are not of the type the runtime takes. */
type Unfit<Values, Features> = {
  [Name in keyof Values]: Name extends keyof Features
    ? Values[Name] extends Features[Name]
      ? never
      : Name
    : never
}[keyof Values]

/** Features the runtime takes by name that are not there. */
type Missing<Values, Features> = string extends keyof Features
  ? never
  : {
      [Name in keyof Features]-?: Name extends keyof Values
        ? never
        : object extends Pick<Features, Name>
          ? never
          : Name
    }[keyof Features]

/** Whether values fit what a runtime takes; else a sentence that names the feature. */
export type Fits<Values, Features> = [Missing<Values, Features>] extends [never]
  ? [Unfit<Values, Features>] extends [never]
    ? unknown
    : MillraceTypeError<`feature '${Unfit<Values, Features> & string}' has a type this runtime does not take`>
  : MillraceTypeError<`this runtime takes a feature '${Missing<Values, Features> & string}', which no set of 'input' gives`>

/** Checks that it was made by `onnx`, `functionModel`, `learner` or `bandit`. */
export function isRuntime(value: unknown): value is ModelRuntime<never, unknown> {
  return typeof value === 'object' && value !== null && '~runtime' in value
}
