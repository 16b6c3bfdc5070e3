// Drifts as runs and the oracle say them, to be compared.
import type { DriftEvent } from '../contracts/drift-event.ts'

/** `[key, time, value]` as JSON, with means that do not depend on the order in which they were added up. */
export function driftLine(key: string, time: number, event: DriftEvent): string {
  const { before, after } = event
  const rounded = (mean: number): number => Number(mean.toPrecision(9))
  const means = {
    ...(before === undefined ? {} : { before: rounded(before) }),
    after: rounded(after),
  }
  return JSON.stringify([key, time, JSON.stringify({ ...event, ...means })])
}

/** In the order in which a task takes rows of its lanes. */
export function byOrder(a: Placed, b: Placed): number {
  if (a.mergeTime !== b.mergeTime) return a.mergeTime - b.mergeTime
  const differs = a.order.findIndex((place, i) => place !== b.order[i])
  return differs < 0 ? 0 : a.order[differs] - b.order[differs]
}

interface Placed {
  readonly mergeTime: number
  /** Of equal merge times, the order. */
  readonly order: readonly number[]
}
