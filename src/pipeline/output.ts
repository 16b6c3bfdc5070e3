// Where a step writes: a topic, or a file that a topic stands before.
import { found, refuse } from './check.ts'
import { originDefinitions, type FlowDefinition } from './definitions.ts'
import { fileSinkOf, isFile } from './file.ts'
import type { FileSinkPlan } from './plan.ts'
import { isTopic, topic } from './topic.ts'

export interface Output {
  readonly topic: string
  readonly sinks: readonly FileSinkPlan[]
}

/** One step writes a topic, and none writes what the pipeline reads. */
export function checkedOutput(
  { part: own, from, emits, whens, everies, sinks }: FlowDefinition,
  step: string,
  to: unknown,
): Output {
  if (!isTopic(to) && !isFile(to)) {
    refuse(
      own,
      `${step} must be given a topic, or a file; found ${found(to)}; write topic('scores')`,
    )
  }
  const sink = isTopic(to) ? undefined : fileSinkOf(own, to)
  const { name } = isTopic(to) ? to : topic(fileSinkOf(own, to).topic)
  if (originDefinitions(from).some(({ plan }) => 'topic' in plan && plan.topic === name)) {
    refuse(
      own,
      `an output must not be the pipeline's own source; found '${name}'; name another topic`,
    )
  }
  if (
    [...emits, ...everies].some((each) => each.topic === name) ||
    whens.some(({ topics }) => topics.includes(name))
  ) {
    refuse(
      own,
      `a topic must be written by one step; found '${name}' in two; name another, or join the steps`,
    )
  }
  if (sink === undefined) return { topic: name, sinks: [] }
  const { path } = sink
  if (sinks.some((each) => each.path === path))
    refuse(own, `a file must be written by one step; found '${path}' in two; name another`)
  return { topic: name, sinks: [sink] }
}
