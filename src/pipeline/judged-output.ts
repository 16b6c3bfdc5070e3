// Which output of a model a label judges, and what the one is to the other: so it is known what can be measured.
import { found, refuse, type Part } from './check.ts'
import type { RuntimeDefinition } from './definitions.ts'
import type { LabelPlan, MeasurePlan } from './plan.ts'

/** As `MEASURED_CLASSES` of the metrics. */
const CLASSES_MAX = 1024

type Judged = Pick<LabelPlan, 'judges' | 'measure'>

interface Stated {
  readonly judges?: unknown
  readonly measure?: unknown
}

/** @throws DefinitionError that names the model and the option. */
export function judgedOutput(part: Part, stated: Stated, runtime: RuntimeDefinition): Judged {
  if (stated.judges !== undefined && typeof stated.judges !== 'string')
    refuse(
      part,
      `labels.judges must name an output; found ${found(stated.judges)}; write judges: 'probability'`,
    )
  return runtime.learning === undefined
    ? ofModel(part, stated, runtime)
    : ofLearner(part, stated, runtime)
}

/** Of a model that tells nothing of itself: the schema has its outputs, and the user says what they are. */
function ofModel(part: Part, stated: Stated, { columns }: RuntimeDefinition): Judged {
  const measure = statedMeasure(part, stated.measure)
  const judges = typeof stated.judges === 'string' ? stated.judges : undefined
  if (columns.fields === undefined) return { judges, ...withMeasure(measure, false) }
  const kinds = new Map(
    columns.fields.flatMap(({ path, kind }) =>
      kind === 'number' || (kind === 'vector' && typeof measure === 'object')
        ? path.length === 1
          ? [[path[0], kind] as const]
          : []
        : [],
    ),
  )
  const names = [...kinds.keys()]
  const what = typeof measure === 'object' ? 'number or list of numbers' : 'number'
  if (judges === undefined && names.length > 1)
    refuse(
      part,
      `labels.judges must say which output the label judges; found ${names.length} ${what}s; name one of ${names.join(', ')}`,
    )
  if (judges !== undefined && !kinds.has(judges))
    refuse(
      part,
      `labels.judges must name a ${what} of the output (${names.join(', ')}); found '${judges}'; correct it`,
    )
  const output = judges ?? names.at(0)
  const isVector = output !== undefined && kinds.get(output) === 'vector'
  return { judges: output, ...withMeasure(measure, isVector) }
}

type StatedMeasure = 'numbers' | { readonly classes: number } | undefined

function statedMeasure(part: Part, measure: unknown): StatedMeasure {
  if (measure === undefined || measure === 'numbers') return measure
  const classes: unknown =
    typeof measure === 'object' && measure !== null && Object.keys(measure).length === 1
      ? Reflect.get(measure, 'classes')
      : undefined
  if (typeof classes !== 'number')
    refuse(
      part,
      `labels.measure must be 'numbers', or { classes: ... }; found ${found(measure)}; leave it out for labels that are true and false`,
    )
  if (!Number.isInteger(classes) || classes < 2 || classes > CLASSES_MAX)
    refuse(
      part,
      `labels.measure.classes must be a whole number from 2 to ${CLASSES_MAX}; found ${classes}; correct it`,
    )
  return { classes }
}

function withMeasure(measure: StatedMeasure, chances: boolean): Pick<Judged, 'measure'> {
  if (measure === undefined) return {}
  return {
    measure:
      measure === 'numbers'
        ? { kind: 'numbers' }
        : { kind: 'classes', classes: measure.classes, chances },
  }
}

/** A learner says what each of its outputs is; the one that says most is judged. */
function ofLearner(part: Part, stated: Stated, { spec, learning }: RuntimeDefinition): Judged {
  if (stated.measure !== undefined)
    refuse(
      part,
      `labels.measure must be left out of a learner, which knows what its labels are; found ${found(stated.measure)}; remove it`,
    )
  if (learning?.actions !== undefined) return ofChoice(part, stated, learning.actions)
  const classes = learning?.classes ?? 2
  const known = Object.entries(spec.options.outputs ?? {}).flatMap(([name, from]) => {
    const measure = measureOf(String(from), classes)
    return measure === undefined ? [] : [{ name, from: String(from), measure }]
  })
  const { judges } = stated
  const judged =
    judges === undefined
      ? BEST.flatMap((best) => known.find(({ from }) => from === best) ?? []).at(0)
      : known.find(({ name }) => name === judges)
  if (judges !== undefined && judged === undefined)
    refuse(
      part,
      `labels.judges must name an output that a label can be measured against (${known.map(({ name }) => name).join(', ') || 'this learner has none'}); found ${found(judges)}; ${known.length === 0 ? 'remove' : 'correct'} it`,
    )
  return judged === undefined ? {} : { judges: judged.name, measure: judged.measure }
}

/** Rewards are measured beside the propensity of what earned them. */
function ofChoice(part: Part, { judges }: Stated, actions: readonly string[]): Judged {
  if (judges !== undefined)
    refuse(
      part,
      `labels.judges must be left out of a bandit, whose labels are what its choices earned; found ${found(judges)}; remove it`,
    )
  return { judges: 'propensity', measure: { kind: 'rewards', arms: actions.length } }
}

/** What learners give that labels can be measured against, what says most first. */
const BEST = ['probabilities[1]', 'probabilities', 'value', 'label'] as const

function measureOf(from: string, classes: number): MeasurePlan | undefined {
  if (from === 'probabilities[1]') return classes === 2 ? { kind: 'probability' } : undefined
  if (from === 'value') return { kind: 'numbers' }
  if (classes > CLASSES_MAX || (from !== 'probabilities' && from !== 'label')) return undefined
  return { kind: 'classes', classes, chances: from === 'probabilities' }
}
