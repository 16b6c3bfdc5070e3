// What happened over many seeds, added up.
import type { SeedRun } from './shop-runs.ts'

export interface Tally {
  runs: number
  /** Of the run with the fewest. */
  events: number
  /** Of the run with the fewest. */
  faults: number
  /** Of the run that took longest from its last fault to its end, virtual ms. */
  healthyMs: number
  /** Tasks that began with a copy. */
  copiesTaken: number
  /** How often each fault fired. */
  readonly fired: Record<string, number>
  /** How often each step was reached. */
  readonly steps: Record<string, number>
  /** How often a process died, or the power was cut, at each step. */
  readonly deaths: Record<string, number>
}

export function emptyTally(): Tally {
  return {
    runs: 0,
    events: Infinity,
    faults: Infinity,
    healthyMs: 0,
    copiesTaken: 0,
    fired: {},
    steps: {},
    deaths: {},
  }
}

export function addRun(to: Tally, { events, storm }: SeedRun): void {
  const faults = [...storm.fired.values()].reduce((sum, each) => sum + each, 0)
  merge(to, {
    runs: 1,
    events,
    faults,
    healthyMs: storm.healthyMs,
    copiesTaken: storm.copiesTaken,
    fired: Object.fromEntries(storm.fired),
    steps: Object.fromEntries(storm.steps),
    deaths: Object.fromEntries(storm.deaths),
  })
}

export function merge(to: Tally, from: Tally): void {
  to.runs += from.runs
  to.events = Math.min(to.events, from.events)
  to.faults = Math.min(to.faults, from.faults)
  to.healthyMs = Math.max(to.healthyMs, from.healthyMs)
  to.copiesTaken += from.copiesTaken
  for (const part of ['fired', 'steps', 'deaths'] as const)
    for (const [name, count] of Object.entries(from[part]))
      to[part][name] = (to[part][name] ?? 0) + count
}

/** Lines for a person: how often each fault fired, and each step was reached and died at. */
export function tallyText({
  runs,
  events,
  faults,
  healthyMs,
  copiesTaken,
  fired,
  steps,
  deaths,
}: Tally): string {
  const row = (name: string, counts: readonly number[]): string =>
    `  ${name.padEnd(28)}${counts.map((count) => count.toLocaleString('en').padStart(14)).join('')}`
  const names = (of: Readonly<Record<string, number>>): string[] => Object.keys(of).sort()
  return [
    `${runs.toLocaleString('en')} runs, each of at least ${events} events and with at least ${faults} faults`,
    `at most ${Math.round(healthyMs)} ms of virtual time from the last fault to the end`,
    `${copiesTaken.toLocaleString('en')} tasks began with a copy that another process had kept`,
    `  ${'fault'.padEnd(28)}${'fired'.padStart(14)}`,
    ...names(fired).map((name) => row(name, [fired[name]])),
    `  ${'step'.padEnd(28)}${'reached'.padStart(14)}${'died there'.padStart(14)}`,
    ...names(steps).map((name) => row(name, [steps[name], deaths[name] ?? 0])),
  ].join('\n')
}
