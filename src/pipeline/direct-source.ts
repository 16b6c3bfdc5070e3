// When the first stage may read its source itself, because events lie where their keys belong (ENGINE 2).
import type { Plan, StreamPlan } from './plan.ts'
import { sameKey } from './same-key.ts'

/**
 * The stream whose partitions the tasks of the first stage read themselves where there are as many as tasks: no topic lies between.
 * undefined where rows must find their task by their key, or come together with those of a looked-up set or with snapshots of a learner.
 */
export function directSource({ from, streams, stages }: Plan): StreamPlan | undefined {
  const stream = streams.find(({ name }) => name === from)
  const [first] = stages
  const fits =
    stream?.partitionedByKey === true &&
    first.lookups.length === 0 &&
    first.models.every(({ learning }) => learning === undefined) &&
    sameKey(first.key, stream.key)
  return fits ? stream : undefined
}
