// The join of labels and predictions as ENGINE 9 says it: one list in merged order, and whoever waits.
import type { LabelPlan } from '../pipeline/plan.ts'
import type { OracleExample } from './oracle-learning.ts'

export type JoinRow =
  | {
      readonly kind: 'label'
      readonly id: string
      readonly mergeTime: number
      readonly time: number
      readonly label: number
    }
  | {
      readonly kind: 'prediction'
      readonly id: string
      readonly mergeTime: number
      readonly time: number
      readonly score: number
      readonly features?: ReadonlyMap<string, unknown>
    }

export interface Joined {
  /** `[outcome, id, time, label, label time, score]` as JSON, in the order they come about. */
  readonly lines: string[]
  readonly counts: Record<string, number>
  /** The same lines as a learner sees them. */
  readonly examples: Omit<OracleExample, 'task'>[]
}

interface Entry {
  readonly id: string
  status: 'early' | 'waiting' | 'joined'
  due: number
  /** Which entries of one due time come first. */
  armed: number
  time: number | null
  score: number | null
  label: number | null
  labelTime: number | null
  features?: ReadonlyMap<string, unknown> | undefined
}

/** Outcomes whose label says how good a score was. */
const JUDGED = new Set(['joined', 'revised', 'expired'])

/** Scores are always right. */
function isMeasured({ measure }: LabelPlan, label: number): boolean {
  if (measure?.kind === 'numbers' || measure?.kind === 'rewards') return Math.abs(label) <= 1e100
  const classes = measure?.kind === 'classes' ? measure.classes : 2
  return Number.isInteger(label) && label >= 0 && label < classes
}

/** @param rows of one partition, in merged order: labels before predictions of equal time. */
export function referenceJoin(plan: LabelPlan, rows: readonly JoinRow[]): Joined {
  const joined: Joined = {
    lines: [],
    examples: [],
    counts: {
      labels: 0,
      predictions: 0,
      joined: 0,
      expired: 0,
      orphaned: 0,
      duplicate: 0,
      revised: 0,
      repeated: 0,
      unmeasured: 0,
    },
  }
  const entries = new Map<string, Entry>()
  let armed = 0
  const out = (outcome: string, entry: Entry, mergeTime: number): void => {
    const { id, time, label, labelTime, score, features } = entry
    joined.counts[outcome]++
    if (JUDGED.has(outcome) && score !== null && label !== null && !isMeasured(plan, label))
      joined.counts.unmeasured++
    joined.examples.push({ mergeTime, outcome, label, features })
    joined.lines.push(JSON.stringify([outcome, id, time ?? labelTime, label, labelTime, score]))
  }
  const fire = (now: number): void => {
    const due = [...entries.values()]
      .filter((entry) => entry.due < now)
      .sort((a, b) => a.due - b.due || a.armed - b.armed)
    for (const entry of due) {
      entries.delete(entry.id)
      if (entry.status === 'early') out('orphaned', entry, entry.due)
      if (entry.status === 'waiting')
        out('expired', { ...entry, label: plan.otherwise ?? null, labelTime: null }, entry.due)
    }
  }
  for (const row of rows) {
    fire(row.mergeTime)
    const { id } = row
    const entry = entries.get(id)
    if (row.kind === 'label') {
      joined.counts.labels++
      const { label, time: labelTime } = row
      if (entry === undefined) {
        const due = row.mergeTime + plan.earlyMs
        entries.set(id, {
          id,
          status: 'early',
          due,
          armed: armed++,
          time: null,
          score: null,
          label,
          labelTime,
        })
      } else if (entry.status === 'waiting') {
        Object.assign(entry, { status: 'joined', label, labelTime })
        out('joined', entry, row.mergeTime)
      } else if (entry.label === label) {
        out('duplicate', entry, row.mergeTime)
      } else {
        Object.assign(entry, { label, labelTime })
        out('revised', entry, row.mergeTime)
      }
    } else {
      joined.counts.predictions++
      if (entry !== undefined && entry.status !== 'early') {
        const again = { time: row.time, label: null, labelTime: null, score: row.score }
        out('repeated', { ...entry, ...again }, row.mergeTime)
        continue
      }
      const { time, score, features } = row
      const made: Entry = {
        id,
        status: entry === undefined ? 'waiting' : 'joined',
        due: row.mergeTime + plan.withinMs,
        armed: armed++,
        time,
        score,
        label: entry?.label ?? null,
        labelTime: entry?.labelTime ?? null,
        features,
      }
      entries.set(id, made)
      if (entry !== undefined) out('joined', made, row.mergeTime)
    }
  }
  fire(Infinity)
  return joined
}
