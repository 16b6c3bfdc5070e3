// Where a step writes: a topic, or a file or a topic of another cluster that a topic stands before.
import { found, refuse, type Part } from './check.ts'
import { originDefinitions, type FlowDefinition } from './definitions.ts'
import { fileSinkOf, isFile, type FileEdge } from './file.ts'
import { isKafka, kafkaPlaceText, kafkaSinkOf, type KafkaEdge } from './kafka.ts'
import type { SinkPlan } from './plan.ts'
import { isTopic, topic, type Topic } from './topic.ts'

export interface Output {
  readonly topic: string
  readonly sinks: readonly SinkPlan[]
}

/** One step writes a topic, and none writes what the pipeline reads. */
export function checkedOutput(
  { part: own, from, emits, whens, everies, sinks }: FlowDefinition,
  step: string,
  to: unknown,
): Output {
  if (!isTopic(to) && !isFile(to) && !isKafka(to)) {
    refuse(
      own,
      `${step} must be given a topic, a file, or a topic of another cluster; found ${found(to)}; write topic('scores')`,
    )
  }
  const sink = sinkOf(own, to)
  const { name } = isTopic(to) ? to : topic(sink?.topic ?? '')
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
  const place = placeOf(sink)
  if (sinks.some((each) => placeOf(each) === place))
    refuse(
      own,
      `${sink.kind === 'file' ? 'a file' : 'a topic of another cluster'} must be written by one step; found '${place}' in two; name another`,
    )
  return { topic: name, sinks: [sink] }
}

function sinkOf(own: Part, to: Topic | FileEdge | KafkaEdge): SinkPlan | undefined {
  if (isTopic(to)) return undefined
  return isFile(to) ? fileSinkOf(own, to) : kafkaSinkOf(own, to)
}

function placeOf(sink: SinkPlan): string {
  return sink.kind === 'file' ? sink.path : kafkaPlaceText(sink)
}
