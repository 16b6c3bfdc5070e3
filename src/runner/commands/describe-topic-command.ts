// `millrace topics describe`: what a topic is for, what lies in it, who writes it and how far who reads it is.
import type { DescribeTopicCommand } from '../../contracts/commands.ts'
import type { Log, Records, TopicInfo } from '../../contracts/log.ts'
import type { TopicPart, TopicReader, TopicReport } from '../../contracts/topic-report.ts'
import type { TaskPlan } from '../../engine/task-plan.ts'
import { lastRecord } from '../../engine/last-record.ts'
import { lastCommit } from '../../engine/recovery.ts'
import { isInternal, knownTopic } from '../known-topic.ts'
import { readPlanOf } from '../plan-of-log.ts'
import { hopsOf, placesOf } from '../status/lane-places.ts'
import { topicUse } from '../topic-use.ts'
import { withLogToRead } from '../with-log.ts'

export async function describeTopic({
  log: url,
  topic,
}: DescribeTopicCommand): Promise<TopicReport> {
  return withLogToRead(url, async (log) => {
    const plan = await readPlanOf(log)
    const known = 'why' in plan ? undefined : plan
    const readers = known === undefined ? [] : await readersOf(log, topic, known.tasks)
    // Read behind the positions: none lies beyond an end.
    const info = await knownTopic(log, topic)
    const { use, writers } = topicUse(topic, known)
    return {
      name: topic,
      use,
      internal: isInternal(topic),
      partitions: info.partitions,
      retentionMs: info.retentionMs ?? null,
      retentionBytes: info.retentionBytes ?? null,
      records: info.parts.reduce((sum, { start, end }) => sum + end - start, 0),
      bytes: info.parts.reduce((sum, { bytes }) => sum + bytes, 0),
      parts: await Promise.all(info.parts.map((_, i) => partOf(log, info, i))),
      writers: [...new Set([...writers, ...writersOf(topic, known?.tasks ?? [])])],
      readers: readers.map((reader) => ({
        ...reader,
        lag: Math.max(0, info.parts[reader.partition].end - reader.position),
      })),
      unknown: 'why' in plan ? plan.why : undefined,
    }
  })
}

async function partOf(log: Log, { name, parts }: TopicInfo, partition: number): Promise<TopicPart> {
  const { start, end, bytes } = parts[partition]
  const { runs } = await log.read([{ topic: name, partition, offset: start }], {
    maxBytes: 1,
    maxWaitMs: 0,
  })
  const last = await lastRecord(log, name, partition)
  return {
    start,
    end,
    bytes,
    firstTime: timeIn(
      runs[0]?.records,
      Math.max(
        0,
        runs[0]?.offsets.findIndex((each) => each >= start),
      ),
    ),
    lastTime: timeIn(last?.record, 0),
  }
}

/** Blocks and commits have no time of their own. */
function timeIn(records: Records | undefined, row: number): number | null {
  const time = records?.times[row]
  return time === undefined || time === 0 ? null : time
}

function writersOf(topic: string, tasks: readonly TaskPlan[]): string[] {
  return tasks.flatMap((task) =>
    hopsOf(task).some((hop) => hop.topic === topic) ? [task.spec.stage] : [],
  )
}

async function readersOf(
  log: Log,
  topic: string,
  tasks: readonly TaskPlan[],
): Promise<Omit<TopicReader, 'lag'>[]> {
  const readers: Omit<TopicReader, 'lag'>[] = []
  for (const task of tasks) {
    const places = placesOf(task)
    if (!places.some((place) => place.topic === topic)) continue
    const commit = await lastCommit(log, task.spec)
    const { stage, number } = task.spec
    for (const [i, place] of places.entries()) {
      if (place.topic !== topic) continue
      const position = commit?.lanes[i]?.offset ?? 0
      readers.push({ stage, task: number, partition: place.partition, position })
    }
  }
  return readers
}
