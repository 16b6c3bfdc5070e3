// `millrace dead-letters list | retry`. A retry appends the event again to its topic, once for each origin.
import {
  headerLine,
  headerValue,
  keyBytes,
  recordText,
  RecordsBuilder,
  valueBytes,
} from '../../base/records.ts'
import { countText } from '../../base/figures.ts'
import type { Answer, DeadLettersCommand, RetryCommand } from '../../contracts/commands.ts'
import type { Append, Log } from '../../contracts/log.ts'
import { deadLettersTopic } from '../../engine/task-names.ts'
import { murmur2, partitionOf } from '../../base/murmur2.ts'
import { fileOf } from '../control.ts'
import { withPipeline, type OpenedPipeline } from '../open-pipeline.ts'
import { readTasks } from '../read-state.ts'

const ORIGIN = 'millrace-origin'
/** Characters of a value that a list shows. */
const VALUE_MAX = 500
const RETRIED = 'millrace-retried'

interface Letter {
  /** Topic, partition and offset of the event. */
  readonly origin: string
  readonly stream: string
  readonly reason: string
  readonly time: number
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Its record was trimmed before it became a letter: there is nothing to try again. */
  readonly gone: boolean
}

export async function listDeadLetters({
  limit,
  showValues,
  ...place
}: DeadLettersCommand): Promise<Answer> {
  return withPipeline(
    { file: await fileOf(place), log: place.log },
    async ({ log, definition }) => {
      const letters = await lettersOf(log, definition.plan.pipeline)
      const newest = letters.slice(-limit)
      const text = (value: Uint8Array): string => Buffer.from(value).toString('utf8')
      return {
        ok: true,
        data: newest.map(({ key, value, ...letter }) => ({
          ...letter,
          ...(showValues ? { key: text(key), value: text(value) } : {}),
        })),
        lines: [
          ...newest.flatMap(({ origin, reason, value }) => [
            origin,
            `  ${reason}`,
            ...(showValues ? [`  ${cut(text(value))}`] : []),
          ]),
          letters.length === 0
            ? 'no dead letters'
            : `${countText(newest.length)} of ${countText(letters.length)} dead letters`,
        ],
      }
    },
  )
}

/** A value that is too long for a list. */
function cut(value: string): string {
  if (value.length <= VALUE_MAX) return value
  return `${value.slice(0, VALUE_MAX)}… (${countText(value.length)} characters; --json shows all)`
}

export async function retryDeadLetters({
  reason,
  dryRun,
  ...place
}: RetryCommand): Promise<Answer> {
  return withPipeline({ file: await fileOf(place), log: place.log }, async (opened) => {
    const { log, definition } = opened
    const done = await retried(log, opened)
    const letters = (await lettersOf(log, definition.plan.pipeline)).filter(
      (letter) => reason === undefined || letter.reason.includes(reason),
    )
    const before = letters.filter(({ origin }) => done.has(origin)).length
    const open = letters.filter(({ origin, gone }) => !gone && !done.has(origin))
    const gone = letters.length - before - open.length
    const late = await lateOnes(opened, open)
    if (!dryRun) await append(log, open)
    return {
      ok: true,
      data: {
        letters: letters.length,
        retriedBefore: before,
        gone,
        retried: dryRun ? 0 : open.length,
        late,
      },
      lines: [
        `${countText(open.length)} of ${countText(letters.length)} dead letters ${dryRun ? 'would be' : 'were'} written again to their topics; ${countText(before)} were before`,
        ...(gone === 0
          ? []
          : [`  cannot be: ${countText(gone)}; their records are no longer kept`]),
        late === 0
          ? '  the windows of all of them can still take them'
          : `  too late for their windows: ${countText(late)}; what lies before its stream's progress by more than the lateness goes to the late topic`,
      ],
    }
  })
}

/** Letters whose event time the stream has left behind. */
async function lateOnes(
  { definition, log, tasks }: OpenedPipeline,
  letters: readonly Letter[],
): Promise<number> {
  const sources = tasks.tasks.filter(({ kind }) => kind === 'source')
  const states = await readTasks(log, sources)
  let late = 0
  for (const letter of letters) {
    const stream = definition.plan.streams.find(({ name }) => name === letter.stream)
    const passed = states
      .filter(({ plan }) => plan.kind === 'source' && plan.stream.name === letter.stream)
      .map(({ progress }) => progress)
    if (stream !== undefined && letter.time < Math.min(...passed) - stream.latenessMs) late++
  }
  return late
}

async function append(log: Log, letters: readonly Letter[]): Promise<void> {
  const builders = new Map<string, { topic: string; partition: number; records: RecordsBuilder }>()
  for (const { origin, time, key, value } of letters) {
    const [topic, partition] = origin.split('/')
    const info = await log.topic(topic)
    const to =
      key.length === 0 || info === undefined
        ? Number(partition)
        : partitionOf(murmur2(key), info.partitions)
    const place = `${topic}/${to}`
    const builder = builders.get(place) ?? { topic, partition: to, records: new RecordsBuilder() }
    builders.set(place, builder)
    builder.records.add(time, key, value, headerLine(RETRIED, origin))
  }
  if (builders.size === 0) return
  const appends: Append[] = [...builders.values()].map(({ records, ...place }) => ({
    ...place,
    records: records.records(),
  }))
  const writer = await log.openWriter('dead-letters-retry')
  await writer.append(appends)
  await writer.close()
}

/** Origins that were retried already. */
async function retried(log: Log, { definition }: OpenedPipeline): Promise<Set<string>> {
  const origins = new Set<string>()
  for (const { topic } of definition.plan.streams) {
    await eachRecord(log, topic, (record) => {
      const origin = record.headers === '' ? undefined : headerValue(record.headers, RETRIED)
      if (origin !== undefined) origins.add(origin)
    })
  }
  return origins
}

async function lettersOf(log: Log, pipeline: string): Promise<Letter[]> {
  const letters: Letter[] = []
  await eachRecord(log, deadLettersTopic(pipeline), ({ headers, time, key, value }) => {
    letters.push({
      origin: headerValue(headers, ORIGIN) ?? '',
      stream: headerValue(headers, 'millrace-stream') ?? '',
      reason: headerValue(headers, 'millrace-reason') ?? '',
      time,
      key: key.slice(),
      value: value.slice(),
      gone: headerValue(headers, 'millrace-event') !== undefined,
    })
  })
  return letters
}

interface OneRecord {
  readonly headers: string
  readonly time: number
  readonly key: Uint8Array
  readonly value: Uint8Array
}

async function eachRecord(
  log: Log,
  topic: string,
  each: (record: OneRecord) => void,
): Promise<void> {
  const info = await log.topic(topic)
  for (let partition = 0; partition < (info?.partitions ?? 0); partition++) {
    let offset = info?.parts[partition].start ?? 0
    for (;;) {
      const { runs, next } = await log.read([{ topic, partition, offset }], {
        maxBytes: 4 << 20,
        maxWaitMs: 0,
      })
      for (const { records, offsets } of runs) {
        for (let i = 0; i < records.count; i++) {
          if (offsets[i] < offset) continue
          each({
            headers:
              records.headerEnds[i + 1] === records.headerEnds[i]
                ? ''
                : recordText(records, i, 'headers'),
            time: records.times[i],
            key: keyBytes(records, i),
            value: valueBytes(records, i),
          })
        }
      }
      if (next[0].offset >= next[0].end) break
      offset = next[0].offset
    }
  }
}
