// Rows of periods as `.every` says them: what changes a period is written at the end of the period in which it comes, by merge time.
// One list of updates in merged order, and plain maps.
import type { EveryPlan } from '../pipeline/plan.ts'
import { attempt } from './oracle-calls.ts'
import type { OracleEvent, OracleSet } from './oracle-features.ts'

export interface PeriodUpdate {
  readonly key: string
  readonly event: OracleEvent
}

export interface PeriodLine {
  readonly key: string
  readonly to: number
  /** The row its function took. */
  readonly row: object
  /** The body as JSON; undefined where the function failed. */
  readonly body: string | undefined
}

/** @param updates of one task. @param of the set, empty, and the names its features have in the row. */
export function referencePeriods(
  every: EveryPlan,
  updates: readonly PeriodUpdate[],
  of: { readonly set: OracleSet; readonly names: readonly string[] },
): PeriodLine[] {
  const { periodMs, body } = every
  const endOf = (time: number): number => Math.ceil(time / periodMs) * periodMs
  const lines: PeriodLine[] = []
  const given = new Map<string, number>()
  let waiting = new Map<string, { key: string; to: number }>()
  const flush = (): void => {
    for (const [id, { key, to }] of [...waiting].sort(([, a], [, b]) => a.to - b.to)) {
      const revision = given.get(id) ?? 0
      given.set(id, revision + 1)
      const row = {
        key,
        features: of.set.kept(key, to, of.names),
        from: to - periodMs,
        to,
        revision,
      }
      const { value, failed } = attempt(body, row)
      lines.push({ key, to, row, body: failed ? undefined : JSON.stringify(value) })
    }
    waiting = new Map()
  }
  let boundary = -Infinity
  for (const { key, event } of updates) {
    const end = endOf(event.mergeTime)
    if (end > boundary) flush()
    boundary = end
    of.set.update(key, event)
    const own = endOf(event.time)
    for (let to = own; to <= end; to += periodMs) {
      const id = JSON.stringify([key, to])
      if (to === own || given.has(id)) {
        if (!waiting.has(id)) waiting.set(id, { key, to })
      }
    }
  }
  flush()
  return lines
}
