// Streams of a plan by name, whether they are read from a topic or made of others.
import type { DerivedPlan, Plan, StreamPlan } from './plan.ts'

type Streams = Pick<Plan, 'streams' | 'derived'>

/** @throws RangeError when the plan has no such stream. */
export function streamNamed({ streams, derived }: Streams, name: string): StreamPlan | DerivedPlan {
  const found = [...streams, ...derived].find((each) => each.name === name)
  if (found === undefined) throw new RangeError(`the plan has no stream '${name}'`)
  return found
}

/**
 * The streams read from topics whose events come into a stream, itself where it is read from one. Their order is part of what is
 * recorded: a row says by the number in it where it comes from, and of events of one time those of the first come first.
 */
export function originsOf(plan: Streams, name: string): readonly StreamPlan[] {
  const stream = streamNamed(plan, name)
  return 'step' in stream ? stream.of.flatMap((each) => originsOf(plan, each)) : [stream]
}

/** Of what a derived stream is made of, the one that events of a source come through; undefined where none do. */
export function throughOf(plan: Streams, derived: DerivedPlan, source: string): string | undefined {
  return derived.of.find((each) => originsOf(plan, each).some(({ name }) => name === source))
}
