// `millrace topics list | tail`.
import { recordText, sliceRecords } from '../../base/records.ts'
import { DefinitionError } from '../../base/errors.ts'
import { bytesText, countText } from '../../base/figures.ts'
import type {
  Answer,
  TopicListCommand,
  TopicRecord,
  TopicTailCommand,
} from '../../contracts/commands.ts'
import type { Log, ReadRun, TopicInfo } from '../../contracts/log.ts'
import { progressAt } from '../../contracts/progress.ts'
import { isInternal, knownTopic } from '../known-topic.ts'
import { withLogToRead } from '../with-log.ts'

const POLL_MS = 1000

export async function listTopics({ log: url, all }: TopicListCommand): Promise<Answer> {
  return withLogToRead(url, async (log) => {
    const topics = [...(await log.topics())].sort((a, b) => (a.name < b.name ? -1 : 1))
    const shown = all ? topics : topics.filter(({ name }) => !isInternal(name))
    const hidden = topics.length - shown.length
    const rows = shown.map(({ name, partitions, parts }) => [
      name,
      String(partitions),
      countText(sum(parts, ({ start, end }) => end - start)),
      bytesText(sum(parts, ({ bytes }) => bytes)),
    ])
    return {
      ok: true,
      data: shown,
      lines: [
        ...(shown.length === 0 ? ['no topics yet'] : columns(rows)),
        ...(hidden === 0 ? [] : [`and ${hidden} of Millrace itself: --all shows them`]),
      ],
    }
  })
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const all = [['topic', 'partitions', 'records', 'size'], ...rows]
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)))
  return all.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]),
      )
      .join('  '),
  )
}

/** It goes on where it was when the log's owner ends. */
export async function tailTopic(options: TopicTailCommand): Promise<Answer> {
  const place: TailPlace = { from: [], shown: 0 }
  await withLogToRead(options.log, (log) => tail(log, options, place))
  return { ok: true, data: { topic: options.topic, records: place.shown }, lines: [] }
}

/** How far a tail has come. */
interface TailPlace {
  from: { readonly topic: string; readonly partition: number; offset: number }[]
  shown: number
}

async function tail(log: Log, options: TopicTailCommand, place: TailPlace): Promise<void> {
  const { topic, follow, signal } = options
  if (place.from.length === 0) place.from = startOf(await knownTopic(log, topic), options)
  while (!signal.aborted) {
    const { runs, next } = await log.read(place.from, {
      maxBytes: 1 << 20,
      maxWaitMs: follow ? POLL_MS : 0,
      signal,
    })
    for (const run of runs) {
      const from = place.from.find(({ partition }) => partition === run.partition)
      place.shown += show(run, from?.offset ?? 0, options.onRecord)
    }
    place.from.forEach((each, i) => (each.offset = next[i].offset))
    if (!follow && next.every(({ offset, end }) => offset >= end)) return
  }
}

function startOf(
  { name: topic, partitions, parts }: TopicInfo,
  { partition: only, last }: TopicTailCommand,
): TailPlace['from'] {
  const wanted = only === undefined ? parts.map((_, i) => i) : [only]
  return wanted.map((partition) => {
    const part = parts[partition]
    if (part === undefined)
      throw new DefinitionError(
        `a partition of '${topic}' must be from 0 to ${partitions - 1}; found ${partition}`,
        { code: 'ML_USAGE' },
      )
    return { topic, partition, offset: Math.max(part.start, part.end - last) }
  })
}

function show(
  { topic, partition, offsets, records }: ReadRun,
  from: number,
  onRecord: (record: TopicRecord) => void,
): number {
  let shown = 0
  const own = sliceRecords(records, 0)
  for (let i = 0; i < own.count; i++) {
    if (offsets[i] < from || progressAt(own, i) !== undefined) continue
    shown++
    onRecord({
      topic,
      partition,
      offset: offsets[i],
      time: own.times[i],
      key: recordText(own, i, 'key'),
      value: recordText(own, i, 'value'),
      headers: recordText(own, i, 'headers'),
    })
  }
  return shown
}

function sum<T>(of: readonly T[], value: (each: T) => number): number {
  return of.reduce((total, each) => total + value(each), 0)
}
