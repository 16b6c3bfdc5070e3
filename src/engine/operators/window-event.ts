// What is told of a number that drifted in a window.
import type { DriftEvent, DriftPart } from '../../contracts/drift-event.ts'
import type { WindowNumber } from '../../pipeline/plan.ts'
import type { WindowedDrift } from './window-watch.ts'

export function windowEvent(
  { direction, seen, window, reference, effect, chance }: WindowedDrift,
  of: {
    readonly model: string
    readonly number: WindowNumber
    readonly test: string
    readonly version: string | undefined
  },
): DriftEvent {
  const { feature } = of.number
  return {
    model: of.model,
    of: of.number.of,
    ...(of.version === undefined ? {} : { version: of.version }),
    ...(feature === undefined ? {} : { feature }),
    detector: of.test,
    direction: direction === 0 ? 'unknown' : direction === 1 ? 'up' : 'down',
    at: isoOf(window.times.to),
    seen,
    before: reference.mean,
    after: window.mean,
    window: { rows: window.rows, ...partOf(window.times) },
    reference: { rows: reference.rows, ...(reference.times && partOf(reference.times)) },
    ...(Number.isFinite(effect) ? { effect } : {}),
    chance,
  }
}

function partOf({ from, to }: WindowedDrift['window']['times']): Omit<DriftPart, 'rows'> {
  return { from: isoOf(from), to: isoOf(to) }
}

function isoOf(time: number): string {
  return new Date(time).toISOString()
}
