// Where the truth about a prediction comes from, in the definition: another stream, later, found by the prediction's id.
import type { Duration } from '../base/duration.ts'
import { selectorOf } from './selectors.ts'
import {
  checkDuration,
  checkFunction,
  checkLength,
  checkOptions,
  found,
  refuse,
  type Part,
} from './check.ts'
import type { LabelDefinition, RuntimeDefinition, StreamDefinition } from './definitions.ts'
import { checkedKey } from './feature-set.ts'
import { judgedOutput } from './judged-output.ts'
import type { Key } from './key.ts'
import { isStream, type Stream } from './stream.ts'

/** `true` and `false`, or a number. */
export type LabelValue = boolean | number

type Like<Label> = Label extends boolean ? boolean : number
type JudgedOutput<Output> = {
  [Name in keyof Output]: Output[Name] extends number | readonly number[] ? Name : never
}[keyof Output] &
  string

/**
 * What a label that is a number stands for: `'numbers'`, a quantity that the output estimates; `{ classes: 4 }`, one of the classes 0, 1, 2, 3,
 * of which the output is one, or a list of the probabilities of all.
 */
export type Measure = 'numbers' | { readonly classes: number }

/**
 * Where the truth about a prediction comes from: events of another stream, which may come hours or weeks later. Each prediction
 * ends as one example: joined to its label, or expired.
 */
export interface Labels<Event, LabelEvent, Label extends LabelValue, Output> {
  /** The stream the labels come from. */
  from: Stream<string, LabelEvent>
  /** The id of the prediction, from the label's event. */
  by: (label: LabelEvent) => Key
  /** The same id, from the event that was predicted. */
  of: (event: Event) => Key
  /** How long after the predicted event a label may come; then the prediction expires. */
  within: Duration
  /** The label itself, from the label's event: what the output should have been. */
  label: (label: LabelEvent) => Label
  /** The label of a prediction that expires. Default: it yields no example. */
  otherwise?: Like<NoInfer<Label>>
  /** How long a label that is ahead of its prediction waits for it. Default: the lateness of its stream. */
  early?: Duration
  /** The output that the label judges. Default: the only one it can; of a learner its probabilities, before the class alone. */
  judges?: JudgedOutput<Output>
  /**
   * What the label is to that output: what is measured follows from it. A learner knows, so that it is left out. Default: the output is the
   * probability of `true`, or of 1 where labels are 0 and 1.
   */
  measure?: Label extends boolean ? never : Measure
}

const OPTIONS = ['from', 'by', 'of', 'within', 'label', 'otherwise', 'early', 'judges', 'measure']

/** Labels of any model, with nothing known of their events. */
export type AnyLabels = Omit<
  Labels<never, never, LabelValue, never>,
  'from' | 'otherwise' | 'judges' | 'measure'
> & {
  readonly from: unknown
  readonly otherwise?: unknown
  readonly judges?: unknown
  readonly measure?: unknown
}

/** @throws DefinitionError that names the model and the option. */
export function labelDefinition(
  part: Part,
  labels: AnyLabels,
  { of, runtime }: { of: StreamDefinition; runtime: RuntimeDefinition },
): LabelDefinition {
  checkOptions(part, labels, OPTIONS)
  const { from, within, early } = labels
  if (!isStream(from)) {
    refuse(
      part,
      `labels.from must be the stream the labels come from; found ${found(from)}; give a stream`,
    )
  }
  checkFunction(part, 'labels.label', labels.label)
  if (within === undefined) {
    refuse(part, "labels.within must say how long a label may take; found none; write within: '7d'")
  }
  const { plan: stream, columns } = from['~stream']
  return {
    from: from['~stream'],
    plan: {
      stream: stream.name,
      of: checkedKey(part, labels.of, { columns: of.columns, option: 'labels.of' }),
      by: checkedKey(part, labels.by, { columns, option: 'labels.by' }),
      label: selectorOf(labels.label),
      withinMs: checkLength(part, 'labels.within', within),
      earlyMs: early === undefined ? stream.latenessMs : checkDuration(part, 'labels.early', early),
      otherwise: checkLabel(part, labels.otherwise),
      ...judgedOutput(part, labels, runtime),
    },
  }
}

function checkLabel(part: Part, otherwise: unknown): number | undefined {
  if (otherwise === undefined) return undefined
  if (typeof otherwise === 'boolean') return Number(otherwise)
  if (typeof otherwise === 'number' && Number.isFinite(otherwise)) return otherwise
  refuse(
    part,
    `labels.otherwise must be a boolean or a finite number; found ${found(otherwise)}; leave it out for no example`,
  )
}
