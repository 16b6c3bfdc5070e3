// Windows of event time that are compared with a reference, in the definition: which numbers of a model, and by which test.
import { createHash } from 'node:crypto'
import type { Duration } from '../base/duration.ts'
import type { WindowTest } from '../contracts/window-test.ts'
import { checkCount, checkLength, checkOptions, found, part, refuse, type Part } from './check.ts'
import type { Drift } from './drift.ts'
import type { WindowDriftPlan } from './plan.ts'
import type { ComparedNumber, WindowDriftDefinition } from './window-drift-definition.ts'

/** What `windowDrift(test, options)` takes. */
export interface WindowDriftOptions<Feature extends string> {
  /** The numbers that are compared, together: the false-discovery rate of the test is kept over them. */
  of: readonly [ComparedNumber<Feature>, ...ComparedNumber<Feature>[]]
  /** The length of the windows, which follow each other without a gap. */
  window: Duration
  /**
   * What each window is compared with. A duration: the rows of so long from the first one on, and anew after a drift. `'before'`: the
   * window before it that had rows. Lists by name (`{ amount: [...], prediction: [...] }`): rows of your own, such as those that the model was trained on.
   */
  reference: Duration | 'before' | Readonly<Record<string, readonly number[]>>
  /** How many rows of a window, and of the reference, are kept to be compared, drawn at random. Default 1000; at most 100,000. */
  rows?: number
}

const OPTIONS = ['of', 'window', 'reference', 'rows']
const ROWS = 1000
const ROWS_MAX = 100_000

/**
 * Compares windows of predictions and features with a reference, by a test of `millrace/learning`. A drift is an event in the topic
 * `<pipeline>.drifts`, one for each number that drifted and had not in the window before.
 * @example
 * // In `drift: [...]` of a model:
 * windowDrift(ks(), { of: ['prediction', { feature: 'amount' }], window: '1h', reference: '7d' })
 * @throws DefinitionError that names the test and the option.
 */
export function windowDrift<const Feature extends string = never>(
  test: WindowTest,
  options: WindowDriftOptions<Feature>,
): Drift<Feature> {
  const own = part('drift', isTest(test) ? test.kind : 'none')
  if (!isTest(test))
    refuse(
      own,
      `what compares must be a test of millrace/learning; found ${found(test)}; write windowDrift(ks(), ...)`,
    )
  checkOptions(own, options, OPTIONS)
  const of = comparedOf(own, options.of)
  const windowMs = checkLength(own, 'window', options.window)
  const reference = referenceOf(own, options.reference, of)
  const rows = checkCount(own, 'rows', options.rows) ?? ROWS
  if (rows > ROWS_MAX || rows < test.leastRows)
    refuse(
      own,
      `rows must be at least the test's leastRows (${test.leastRows}), and at most ${ROWS_MAX}; found ${rows}; keep so many`,
    )
  const settings = createHash('sha256')
    .update(JSON.stringify([test.settings, of, windowMs, reference, rows]))
    .digest('hex')
  const definition: WindowDriftDefinition = { of, test, settings, windowMs, reference, rows }
  return Object.freeze({ '~drift': Object.freeze(definition) })
}

function isTest(value: unknown): value is WindowTest {
  return (
    typeof value === 'object' &&
    value !== null &&
    'judge' in value &&
    'leastRows' in value &&
    typeof value.judge === 'function'
  )
}

function comparedOf(own: Part, of: unknown): readonly ComparedNumber<string>[] {
  if (!Array.isArray(of) || of.length === 0)
    refuse(
      own,
      `of must list the numbers that are compared; found ${found(of)}; write of: ['prediction', { feature: ... }]`,
    )
  const numbers = of.map((each: unknown): ComparedNumber<string> => {
    if (each === 'prediction') return each
    if (
      typeof each === 'object' &&
      each !== null &&
      'feature' in each &&
      typeof each.feature === 'string' &&
      Object.keys(each).length === 1
    )
      return Object.freeze({ feature: each.feature })
    refuse(
      own,
      `of must list 'prediction' and { feature: ... }; found ${found(each)} in it; correct it`,
    )
  })
  const names = numbers.map(nameOf)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined)
    refuse(own, `of must list a number once; found '${twice}' twice; remove one`)
  return Object.freeze(numbers)
}

function nameOf(number: ComparedNumber<string>): string {
  return number === 'prediction' ? number : number.feature
}

function referenceOf(
  own: Part,
  reference: unknown,
  of: readonly ComparedNumber<string>[],
): WindowDriftPlan['reference'] {
  if (reference === 'before') return reference
  if (typeof reference === 'string') return checkLength(own, 'reference', reference)
  if (typeof reference !== 'object' || reference === null || Array.isArray(reference))
    refuse(
      own,
      `reference must be a duration, 'before', or lists of numbers by name; found ${found(reference)}; write reference: '7d'`,
    )
  const names = of.map(nameOf)
  checkOptions(own, reference, names)
  const lists: readonly (readonly [string, unknown])[] = Object.entries(reference)
  const columns = names.map((name): readonly number[] => {
    const list = lists.find(([key]) => key === name)?.[1]
    if (!isNumbers(list))
      refuse(
        own,
        `reference must have a list of numbers for '${name}'; found ${found(list)}; give it those of the rows to compare with`,
      )
    return Object.freeze([...list])
  })
  const other = columns.findIndex(({ length }) => length !== columns[0].length)
  if (other >= 0)
    refuse(
      own,
      `reference must have lists of one length, a place a row; found ${columns[0].length} of '${names[0]}' and ${columns[other].length} of '${names[other]}'; fill what is missing with NaN`,
    )
  return Object.freeze(columns)
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'number')
}
