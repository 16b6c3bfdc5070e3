// What all metrics have in common: pairs of what was predicted and what came true go in, and can be
// taken back.
import type { MetricMemory } from './metric-memory.ts'

export interface Metrics<Report> {
  /** @param chance the probability that was given to the label, where the pair has one. */
  add(predicted: number, label: number, chance?: number): void
  /** Takes back a pair that was added: a revised label replaces the earlier one. */
  remove(predicted: number, label: number, chance?: number): void
  value(): Report
}

/** How metrics of one kind are laid out. */
export interface MetricsKind<Report, Of extends Metrics<Report>> {
  /** Doubles of memory, all zero at first. */
  readonly doubles: number
  /** Metrics over `memory.f64[at .. at + doubles)`. */
  over(memory: MetricMemory, at: number): Of
  /** into = into + from. */
  merge(into: Of, from: Of): void
}
