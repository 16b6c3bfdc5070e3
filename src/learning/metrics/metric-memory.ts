// What metrics are kept in: typed memory that belongs to a task's state, so that it is committed,
// restored and moved with it. Nothing of a metric may live anywhere else.

export interface MetricMemory {
  /** Read anew after anything that may grow the memory. */
  readonly f64: Float64Array
  /** Says that bytes were changed. Every write is followed by one, or a commit would lose it. */
  touch(byteOffset: number, byteLength: number): void
}

export interface GrowingMemory extends MetricMemory {
  /** Makes the memory at least that long; what is new is zero. */
  grow(minBytes: number): void
}

/** Adds to one double. */
export function bump(memory: MetricMemory, at: number, by: number): void {
  memory.f64[at] += by
  memory.touch(at * 8, 8)
}

/** Multiplies some doubles. */
export function scaleDoubles(
  memory: MetricMemory,
  at: number,
  count: number,
  factor: number,
): void {
  for (let i = at; i < at + count; i++) memory.f64[i] *= factor
  memory.touch(at * 8, count * 8)
}

/** Memory of a metric that stands alone. */
export function ownMemory(doubles: number): MetricMemory {
  return { f64: new Float64Array(doubles), touch: () => {} }
}
