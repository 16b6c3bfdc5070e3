// A simulated run, which a test holds against what it expects.
import { DefinitionError } from '../base/errors.ts'
import type { FeatureSet } from '../pipeline/feature-set.ts'
import type { Key } from '../pipeline/key.ts'
import type { Model } from '../pipeline/model.ts'
import type { Topic } from '../pipeline/topic.ts'
import { keyText } from '../schema/event-keys.ts'
import { expectList, fail } from './expect-list.ts'
import type { Origin } from './given.ts'
import type { LeftBehind } from './left-behind.ts'
import { differences, type Expected } from './match.ts'
import type {
  Simulated,
  SimulatedDeadLetter,
  SimulatedExample,
  SimulatedPrediction,
  SimulatedRecord,
} from './simulated.ts'

/** What a prediction is expected to be; what is left out may be anything. */
export interface ExpectedPrediction<Output> {
  /** The id that labels join by. */
  readonly id?: Expected<string>
  /** ms since 1970, or a Date. */
  readonly time?: Expected<number>
  /** Those that matter, under the names the model has them by. */
  readonly features?: Readonly<Record<string, unknown>>
  /** undefined, said so: the model gave none. */
  readonly output?: Expected<Output> | undefined
}

/** What a run left, and what it was given. */
export interface RunParts {
  readonly simulated: Simulated
  readonly left: LeftBehind
  /** What was given, by `topic/partition/offset`. */
  readonly origins: ReadonlyMap<string, Origin>
}

/**
 * What came out of a run, as data for the matchers of any test runner; and expectations of its own, whose messages say field by field what differs, with
 * the event it came from. An expectation names only what matters: fields that are left out may be anything, a function says itself whether a value is right,
 * a regular expression is for texts. Lists must be whole and in order.
 */
export class SimulatedRun implements Simulated {
  /** Of `emit` and `when`, and of late events, by topic. */
  readonly topics: Simulated['topics']
  /** By model. */
  readonly predictions: Simulated['predictions']
  /** What became of labels and predictions, by model. */
  readonly examples: Simulated['examples']
  /** Events that were set aside, in the order of their topic. */
  readonly deadLetters: Simulated['deadLetters']
  /** `<stage>.<count>`, as `millrace status` says them. */
  readonly counts: Simulated['counts']
  readonly #left: LeftBehind
  readonly #origins: ReadonlyMap<string, Origin>

  constructor({ simulated, left, origins }: RunParts) {
    this.topics = simulated.topics
    this.predictions = simulated.predictions
    this.examples = simulated.examples
    this.deadLetters = simulated.deadLetters
    this.counts = simulated.counts
    this.#left = left
    this.#origins = origins
  }

  /**
   * Values of all records of a topic that `emit`, `when` or a stream's late events went to.
   * @throws AssertionError that says what is missing, too much or different; DefinitionError for a topic the pipeline does not write.
   */
  expectTopic(topic: string | Topic, expected: readonly unknown[]): void {
    const name = typeof topic === 'string' ? topic : topic.name
    expectList<SimulatedRecord>({
      title: `topic '${name}'`,
      item: 'record',
      expected,
      found: known(this.topics, name, 'topic'),
      value: (record) => record.value,
      cause: ({ key, time }) =>
        this.#said((origin) => origin.record.key === key && origin.record.time === time),
    })
  }

  /** All predictions of a model. @throws AssertionError that says what is missing, too much or different. */
  expectPredictions<Output>(
    model: Model<string, string, string, Output>,
    expected: readonly ExpectedPrediction<NoInfer<Output>>[],
  ): void {
    expectList<SimulatedPrediction>({
      title: `predictions of '${model.name}'`,
      item: 'prediction',
      expected,
      found: known(this.predictions, model.name, 'model'),
      cause: ({ origin }) => this.#at(origin),
    })
  }

  /** What became of all labels and predictions of a model. @throws AssertionError that says what is missing, too much or different. */
  expectExamples(
    model: Model<string, string, string, unknown>,
    expected: readonly {
      readonly [Name in keyof SimulatedExample]?: Expected<SimulatedExample[Name]>
    }[],
  ): void {
    const predictions = this.predictions[model.name] ?? []
    expectList<SimulatedExample>({
      title: `examples of '${model.name}'`,
      item: 'example',
      expected,
      found: known(this.examples, model.name, 'model with labels'),
      cause: ({ id }) => {
        const origin = predictions.find((prediction) => prediction.id === id)?.origin
        return origin === undefined ? undefined : this.#at(origin)
      },
    })
  }

  /** All events that were set aside. @throws AssertionError that says what is missing, too much or different. */
  expectDeadLetters(
    expected: readonly {
      readonly [Name in keyof SimulatedDeadLetter]?: Expected<SimulatedDeadLetter[Name]>
    }[],
  ): void {
    expectList<SimulatedDeadLetter>({
      title: 'dead letters',
      item: 'letter',
      expected,
      found: this.deadLetters,
      cause: ({ origin }) => this.#at(origin),
    })
  }

  /**
   * Features of a key as a row that only reads would have them when the run is over; undefined for a key that is not kept. Values that an event
   * would bring itself are not among them.
   */
  features<Values>(set: FeatureSet<string, string, Values>, key: Key): Partial<Values> | undefined {
    const { name } = set['~set'].set
    const seen = this.#left.features(name, textOf(key))
    return seen?.features as Partial<Values> | undefined
  }

  /** As `features`, held against what is expected: undefined for a key that must not be kept. @throws AssertionError that says what differs. */
  expectFeatures<Values>(
    set: FeatureSet<string, string, Values>,
    key: Key,
    expected: { readonly [Name in keyof Values]?: Expected<Values[Name]> } | undefined,
  ): void {
    const found = this.features(set, key)
    const wrong = differences(expected, found)
    if (wrong.length === 0) return
    const text = textOf(key)
    const last = this.#said((origin) => origin.record.key === text, 'last')
    fail([
      `features '${set['~set'].set.name}' of key ${text} differ`,
      ...wrong.map(
        (each) =>
          `  ${each.path === '' ? '' : `${each.path}: `}expected ${each.expected}, found ${each.found}`,
      ),
      ...(last === undefined ? [] : [`  last changed by ${last}`]),
    ])
  }

  #at(origin: string): string | undefined {
    const found = this.#origins.get(origin)
    return found && saidOf(found)
  }

  #said(is: (origin: Origin) => boolean, which: 'first' | 'last' = 'first'): string | undefined {
    const all = [...this.#origins.values()].filter(is)
    const found = which === 'first' ? all[0] : all.at(-1)
    return found && saidOf(found)
  }
}

function saidOf({ stream, index, record }: Origin): string {
  return `event ${index} of '${stream}': ${record.value}`
}

function textOf(key: Key): string {
  const made = keyText(key)
  if ('text' in made) return made.text
  throw new DefinitionError(`a key must be one that events can have: ${made.reason}`, {
    code: 'ML_USAGE',
  })
}

function known<Value>(of: Readonly<Record<string, Value>>, name: string, what: string): Value {
  if (Object.hasOwn(of, name)) return of[name]
  throw new DefinitionError(
    `a ${what} must be the pipeline's to be held against anything; found '${name}'; there are: ${Object.keys(of).join(', ') || 'none'}`,
    { code: 'ML_USAGE' },
  )
}
