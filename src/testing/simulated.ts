// What came out of a simulated run, as values that a test compares.
import type { LoadedModel } from '../contracts/runtime.ts'
import { sourceOf } from '../engine/exchange/source-number.ts'
import { originsOf } from '../pipeline/plan-streams.ts'
import type { Plan, StreamPlan } from '../pipeline/plan.ts'
import type { LeftBehind } from './left-behind.ts'
import type { Observed } from './observe.ts'
import type { Lines } from './outcome.ts'

/** A record of a topic. */
export interface SimulatedRecord {
  /** The stream's key, or the one that `emit` names. */
  readonly key: string
  /** Event time, ms since 1970. */
  readonly time: number
  /** The value, parsed from JSON; of a late event its text where it is none. */
  readonly value: unknown
}

/** A prediction, from its receipt. */
export interface SimulatedPrediction {
  /** The id that labels join by; of a model without labels, the place of its event. */
  readonly id: string
  /** Event time, ms since 1970. */
  readonly time: number
  /** `topic/partition/offset` of its event. */
  readonly origin: string
  /** As the model read them, undefined for one that is missing. */
  readonly features: Readonly<Record<string, unknown>>
  /** undefined where the model gave none. */
  readonly output: Readonly<Record<string, unknown>> | undefined
}

/** What became of a prediction or a label. */
export interface SimulatedExample {
  /** `joined`, `revised`, `expired`, `orphaned`, `duplicate`, or `repeated`: a prediction whose id was there already. */
  readonly outcome: string
  /** The prediction's. */
  readonly id: string
  /** Event time of the prediction; of a label without one the label's. */
  readonly time: number
  /** 1 and 0 for true and false; undefined where an expired one has no `otherwise`. */
  readonly label: number | undefined
  /** Event time of the label, ms since 1970. */
  readonly labelTime: number | undefined
  /** The output that is judged; undefined for a label without a prediction. */
  readonly score: number | undefined
}

/** An event that was set aside. */
export interface SimulatedDeadLetter {
  /** The stream it is an event of. */
  readonly stream: string
  /** The stage that set it aside; empty where its source did. */
  readonly stage: string
  /** `topic/partition/offset` it came from. */
  readonly origin: string
  /** Its text, as it was. */
  readonly value: string
  /** Why, in words. */
  readonly reason: string
}

/** What came out of a run. Records are in the order of their topic, partition by partition. */
export interface Simulated {
  /** Of `emit` and `when`, and of late events, by topic. */
  readonly topics: Readonly<Record<string, readonly SimulatedRecord[]>>
  /** By model. */
  readonly predictions: Readonly<Record<string, readonly SimulatedPrediction[]>>
  /** What became of labels and predictions, by model: `joined`, `revised`, `expired`, `orphaned`, `duplicate`, `repeated`. */
  readonly examples: Readonly<Record<string, readonly SimulatedExample[]>>
  /** Events that were set aside, in the order of their topic. */
  readonly deadLetters: readonly SimulatedDeadLetter[]
  /** `<stage>.<count>`, as `millrace status` says them. */
  readonly counts: Readonly<Record<string, number>>
}

export function simulatedOf(
  { outputs, receipts, examples, deadLetters, counts }: Observed,
  of: {
    readonly plan: Plan
    readonly models: ReadonlyMap<string, LoadedModel>
    readonly left: LeftBehind
  },
): Simulated {
  const { plan, models, left } = of
  const origins = originsOf(plan, plan.from)

  return {
    topics: each(outputs, (lines) => lines.flat().map(recordOf)),
    predictions: each(receipts, (lines, name) => {
      const model = models.get(name)
      return model === undefined
        ? []
        : lines.flat().map((line) => predictionOf(line, model, origins))
    }),
    examples: each(examples, (lines) => lines.flat().map(exampleOf)),
    deadLetters: deadLetters.map((line) => deadLetterOf(line, left)),
    counts,
  }
}

function each<Value>(
  of: Readonly<Record<string, Lines>>,
  make: (lines: Lines, name: string) => Value,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(of).map(([name, lines]) => [name, make(lines, name)]))
}

function recordOf(line: string): SimulatedRecord {
  const [key, time, value] = JSON.parse(line) as [string, number, string]
  return { key, time, value: parsed(value) }
}

function predictionOf(
  line: string,
  { features: names, outputs }: LoadedModel,
  origins: readonly StreamPlan[],
): SimulatedPrediction {
  type Line = [number, number, number, string, unknown[], unknown[] | null]
  const [source, offset, time, id, features, output] = JSON.parse(line) as Line
  const { stream, partition } = sourceOf(source, origins)
  return {
    id,
    time,
    origin: `${stream.topic}/${partition}/${offset}`,
    features: Object.fromEntries(names.map((name, i) => [name, features[i] ?? undefined])),
    output:
      output === null
        ? undefined
        : Object.fromEntries(outputs.map(({ name }, i) => [name, output[i] ?? undefined])),
  }
}

function exampleOf(line: string): SimulatedExample {
  type Line = [string, string, number, number | null, number | null, number | null]
  const [outcome, id, time, label, labelTime, score] = JSON.parse(line) as Line
  return {
    outcome,
    id,
    time,
    label: label ?? undefined,
    labelTime: labelTime ?? undefined,
    score: score ?? undefined,
  }
}

function deadLetterOf(line: string, left: LeftBehind): SimulatedDeadLetter {
  const [stream, stage, origin, value] = JSON.parse(line) as [string, string, string, string]
  return { stream, stage, origin, value, reason: left.reason(stage, origin) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
