// Topics of other clusters, as a definition names them: their logs, and what must hold before a run begins.
import { resolve } from 'node:path'
import { ConnectorError, MillraceError } from '../../base/errors.ts'
import { oneRecord } from '../../base/records.ts'
import { topicSource, type TopicPosition } from '../../connectors/topic/topic-source.ts'
import type { Log, TopicInfo } from '../../contracts/log.ts'
import type { Source } from '../../contracts/source.ts'
import { gapAt, gapError, type SourceStand } from '../../engine/gap.ts'
import { openKafkaLog } from '../../log/kafka/kafka-log.ts'
import { kafkaUrl, type KafkaUrl } from '../../log/kafka/kafka-url.ts'
import { kafkaPlaceText } from '../../pipeline/kafka.ts'
import type { KafkaPlace, KafkaSourcePlan } from '../../pipeline/plan.ts'
import { record } from '../control.ts'
import type { Definition } from '../load-definition.ts'
import { ensurePositions, positionsIn, positionsTopic } from './copy-position.ts'
import { FRESH } from './copy-source.ts'

/** What is needed to reach it. @param folder that of the definition's file. */
export function placeOf(
  place: KafkaPlace,
  folder: string,
): KafkaUrl & { readonly config: string; readonly name: string } {
  return {
    ...kafkaUrl(`kafka://${place.brokers.join(',')}`),
    config: place.config === undefined ? '' : resolve(folder, place.config),
    name: kafkaPlaceText(place),
  }
}

export function sourceAt(plan: KafkaSourcePlan, folder: string): Source {
  const { name, config, ...url } = placeOf(plan, folder)
  const { end } = plan
  return topicSource({ name, topic: plan.name, end, log: () => openKafkaLog(url, config) })
}

/** An error of a cluster that is not the log, which says so. */
export function errorAt(place: string, error: unknown): unknown {
  if (!(error instanceof ConnectorError) || error.code !== 'ML_CONNECTION') return error
  const { code, retryable, details } = error
  return new ConnectorError(code, `${place}: ${error.message}`, {
    cause: error,
    retryable,
    details,
  })
}

export interface PrepareOptions {
  /** Whether to go on without records that are no longer kept and were not read yet. */
  readonly acceptGap: boolean
}

/**
 * Looks at each topic that is read or written, and makes the topics of the log that they are copied into, partition by partition.
 * @throws ConnectorError ML_SOURCE or ML_SINK where one is not there; StateError ML_GAP where records are missing that were not read.
 */
export async function prepareKafkaPlaces(
  log: Log,
  { plan, folder }: Pick<Definition, 'plan' | 'folder'>,
  { acceptGap }: PrepareOptions,
): Promise<void> {
  for (const each of plan.kafkaSinks) {
    if ((await infoAt(each, folder)) === undefined) throw missing('ML_SINK', each)
  }
  for (const each of plan.kafkaSources) {
    const info = await infoAt(each, folder)
    if (info === undefined) throw missing('ML_SOURCE', each)
    const { topic } = each
    const known = await log.topic(topic)
    if ((known?.partitions ?? 0) < info.partitions)
      await log.ensureTopic({ ...known, name: topic, partitions: info.partitions }, { grow: true })
    await ensurePositions(log, topic)
    await passGaps(log, { each, info, pipeline: plan.pipeline, acceptGap })
  }
}

function missing(code: 'ML_SOURCE' | 'ML_SINK', place: KafkaPlace): ConnectorError {
  return new ConnectorError(
    code,
    `a topic of another cluster must be there; found no ${kafkaPlaceText(place)}; make it, or correct its name`,
  )
}

async function infoAt(place: KafkaPlace, folder: string): Promise<TopicInfo | undefined> {
  const { name, config, ...url } = placeOf(place, folder)
  try {
    const log = await openKafkaLog(url, config)
    try {
      return await log.topic(place.name)
    } finally {
      await log.close()
    }
  } catch (error) {
    throw errorAt(name, error)
  }
}

/** What lies between where it was read to and what is still kept is passed by command only, and recorded first. */
async function passGaps(
  log: Log,
  of: PrepareOptions & {
    readonly each: KafkaSourcePlan
    readonly info: TopicInfo
    readonly pipeline: string
  },
): Promise<void> {
  const { each, info, pipeline, acceptGap } = of
  const name = kafkaPlaceText(each)
  const found = (await positionsIn(log, each.topic)).get(name) ?? FRESH
  if (found.at === undefined || found.finished) return
  const position: TopicPosition = JSON.parse(found.at)
  const next = [...position.next]
  for (const stand of standsOf(name, position, info)) {
    const gap = gapAt(stand)
    if (gap === undefined) continue
    if (!acceptGap) throw gapError(stand)
    await record(log, { kind: 'gap', pipeline, ...gap, readAt: null, at: Date.now() })
    next[gap.partition] = gap.to
  }
  if (next.every((offset, i) => offset === position.next[i])) return
  const writer = await log.openWriter(`copy/${each.topic}`)
  const passed = { ...found, at: JSON.stringify({ ...position, next }) }
  const records = oneRecord(Date.now(), name, JSON.stringify(passed))
  await writer.append([{ topic: positionsTopic(each.topic), partition: 0, records }])
  await writer.close()
}

function standsOf(name: string, position: TopicPosition, info: TopicInfo): SourceStand[] {
  return position.next.flatMap((next, partition) => {
    const part = info.parts[partition]
    // One that was made again with fewer partitions is told when it is opened.
    if (part === undefined) return []
    const { start, end } = part
    return [{ topic: name, partition, next, start, end, readAt: NaN }]
  })
}

/** What is told where what is next is no longer kept. */
export function gapOf(name: string, error: MillraceError): unknown {
  const { partition, start, end, offset } = error.details
  if (error.code !== 'ML_OFFSET_GONE') return error
  const [at, next, from, to] = [partition, offset, start, end].map(Number)
  const stand = { topic: name, partition: at, next, start: from, end: to, readAt: NaN }
  try {
    return gapAt(stand) === undefined ? error : gapError(stand)
  } catch (madeAgain) {
    return madeAgain
  }
}
