// `millrace topics list | tail | write`.
import { recordText, sliceRecords } from '../base/records.ts'
import { DefinitionError } from '../base/errors.ts'
import type {
  Answer,
  TopicRecord,
  TopicTailCommand,
  TopicWriteCommand,
} from '../contracts/commands.ts'
import type { Log, ReadRun, TopicInfo } from '../contracts/log.ts'
import { progressAt } from '../contracts/progress.ts'
import { producer } from '../log/producer.ts'
import { openLog } from '../log/server/open-log.ts'
import { toTime } from '../schema/event-time.ts'

const POLL_MS = 1000

export async function listTopics({ log: url }: { readonly log: string }): Promise<Answer> {
  return withLog(url, { mustExist: true }, async (log) => {
    const topics = [...(await log.topics())].sort((a, b) => (a.name < b.name ? -1 : 1))
    const rows = topics.map(({ name, partitions, parts }) => [
      name,
      String(partitions),
      sum(parts, ({ start, end }) => end - start).toLocaleString('en'),
      megabytes(sum(parts, ({ bytes }) => bytes)),
    ])
    const all = [['topic', 'partitions', 'records', 'size'], ...rows]
    const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)))
    return {
      ok: true,
      data: topics,
      lines:
        topics.length === 0
          ? ['no topics yet']
          : all.map((row) =>
              row
                .map((cell, column) =>
                  column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]),
                )
                .join('  '),
            ),
    }
  })
}

/** With `follow` it goes on when the log's owner ends: with the log as its own, or through the next owner. */
export async function tailTopic(options: TopicTailCommand): Promise<Answer> {
  const { topic, follow, signal } = options
  const place: TailPlace = { from: [], shown: 0 }
  for (;;) {
    const opened = await openLog(options.log, { mustExist: true })
    try {
      await tail(opened.log, options, place)
      return { ok: true, data: { topic, records: place.shown }, lines: [] }
    } catch (error) {
      if (!follow || !opened.lost.aborted || signal.aborted) throw error
    } finally {
      await opened.log.close()
    }
  }
}

/** How far a tail has come. */
interface TailPlace {
  from: { readonly topic: string; readonly partition: number; offset: number }[]
  shown: number
}

async function tail(log: Log, options: TopicTailCommand, place: TailPlace): Promise<void> {
  const { topic, follow, signal } = options
  if (place.from.length === 0) place.from = startOf(await known(log, topic), options)
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

export async function writeTopic(options: TopicWriteCommand): Promise<Answer> {
  return withLog(options.log, { mustExist: false }, async (log) => {
    const { topic } = options
    const exists = (await log.topic(topic)) !== undefined
    const out = await producer(log, {
      topic,
      id: `topics-write/${topic}`,
      ...(exists ? {} : { partitions: options.partitions ?? 1 }),
    })
    let count = 0
    for await (const line of lines(options.input)) {
      if (options.signal.aborted) break
      if (line.trim() === '') continue
      await out.ready
      out.send({ value: line, ...fieldsOf(line, options, count + 1) })
      count++
    }
    if (options.end && !options.signal.aborted) await out.end()
    await out.close()
    return {
      ok: true,
      data: { topic, records: count, ended: options.end },
      lines: [
        `${count.toLocaleString('en')} records are durable in '${topic}'${options.end ? ', which has ended' : ''}`,
      ],
    }
  })
}

/** Key and time of an event, from the fields that were named. */
function fieldsOf(
  line: string,
  { key, time }: TopicWriteCommand,
  number: number,
): { time: number; key?: string } {
  if (key === undefined && time === undefined) return { time: Date.now() }
  let event: unknown
  try {
    event = JSON.parse(line)
  } catch (cause) {
    throw new DefinitionError(
      `line ${number} must be JSON where a key or time is taken from it; found a text that is not; leave out --key and --time to write it as it is`,
      { code: 'ML_USAGE', cause },
    )
  }
  const field = (name: string): unknown =>
    typeof event === 'object' && event !== null ? Reflect.get(event, name) : undefined
  const at = time === undefined ? Date.now() : toTime(field(time))
  if (Number.isNaN(at))
    throw new DefinitionError(
      `line ${number} must have a time (ms since 1970, or ISO with its zone) in '${time}'; found none`,
      { code: 'ML_USAGE' },
    )
  return key === undefined ? { time: at } : { time: at, key: String(field(key)) }
}

async function* lines(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  for await (const chunk of input) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
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

async function known(log: Log, topic: string): Promise<TopicInfo> {
  const info = await log.topic(topic)
  if (info !== undefined) return info
  const names = (await log.topics()).map(({ name }) => name).filter((name) => !name.startsWith('_'))
  throw new DefinitionError(
    `a topic must exist to be read; found no '${topic}'; there are: ${names.join(', ') || 'none'}`,
    { code: 'ML_USAGE' },
  )
}

async function withLog<Result>(
  url: string,
  { mustExist }: { readonly mustExist: boolean },
  use: (log: Log) => Promise<Result>,
): Promise<Result> {
  const { log } = await openLog(url, { mustExist })
  try {
    return await use(log)
  } finally {
    await log.close()
  }
}

function sum<T>(of: readonly T[], value: (each: T) => number): number {
  return of.reduce((total, each) => total + value(each), 0)
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
