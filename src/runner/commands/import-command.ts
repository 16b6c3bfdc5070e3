// `millrace import`: files into a topic, once.
import { basename, resolve } from 'node:path'
import { DefinitionError } from '../../base/errors.ts'
import { countedText, countText } from '../../base/figures.ts'
import { fileSource } from '../../connectors/file/file-source.ts'
import { fileState } from '../../connectors/file/file-state.ts'
import type { CellField } from '../../connectors/file/file-options.ts'
import type { Answer, FileFlags, ImportCommand } from '../../contracts/commands.ts'
import type { StreamPlan } from '../../pipeline/plan.ts'
import { copySources, type CopyProgress, type CopyReport } from '../copying/copy-source.ts'
import { NamedFields, StreamPlaces, type EventPlaces } from '../copying/event-places.ts'
import { streamFields } from '../copying/stream-fields.ts'
import { loadDefinition } from '../load-definition.ts'
import { withLog } from '../with-log.ts'

const TYPES = ['number', 'boolean', 'string', 'json'] as const

export async function importFiles(options: ImportCommand): Promise<Answer> {
  const { topic, partitions, end, signal } = options
  const paths = options.files.map((file) => resolve(file))
  const stream = await streamOf(options)
  const fields = new Map([
    ...(stream === undefined ? [] : streamFields(stream)),
    ...statedTypes(options),
  ])
  const { format, delimiter, columns, strict, timestamps } = options
  const odd = strict ? 'stop' : 'pass'
  const reading = { format, delimiter, columns, fields, odd, timestamps } as const
  const sources = paths.map((path) => fileSource({ path, ...reading }))
  const sizes: number[] = []
  for (const path of paths) sizes.push((await fileState(path)).size)
  return withLog(options.log, {}, async ({ log }) => {
    const places: EventPlaces =
      stream === undefined ? new NamedFields(options) : new StreamPlaces(stream)
    const onProgress = progressOf(options, paths, sizes)
    const reports = await copySources(log, sources, {
      topic,
      partitions,
      places,
      by: askedFor(options),
      end,
      signal,
      onProgress,
    })
    return answerOf(options, reports, places)
  })
}

async function streamOf({ definition, topic }: ImportCommand): Promise<StreamPlan | undefined> {
  if (definition === undefined) return undefined
  const { plan } = await loadDefinition(definition)
  const stream = plan.streams.find((each) => each.topic === topic)
  if (stream !== undefined) return stream
  const topics = plan.streams.map((each) => each.topic).join(', ')
  throw new DefinitionError(
    `a stream of '${plan.pipeline}' must be made of the topic that is imported into; found --to ${topic}, and streams of ${topics}; name one of these, or leave --file out`,
    { code: 'ML_USAGE' },
  )
}

/** The options that decide what records a file becomes, as they were given. */
function askedFor(options: ImportCommand): Readonly<Record<string, string>> {
  const { definition, key, time, types, format, delimiter, columns, timestamps } = options
  const given = {
    '--file': definition && basename(definition),
    '--key': key,
    '--time': time,
    '--types': types.length === 0 ? undefined : types.join(','),
    '--format': format,
    '--delimiter': delimiter,
    '--columns': columns?.join(','),
    '--timestamps': timestamps,
  }
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

function statedTypes({ types }: FileFlags): [string, CellField][] {
  return types.map((each) => {
    const at = each.lastIndexOf('=')
    const type = TYPES.find((known) => known === each.slice(at + 1))
    if (at > 0 && type !== undefined) return [each.slice(0, at), { type, missing: 'absent' }]
    throw new DefinitionError(
      `a type must be said as column=type, the type one of ${TYPES.join(', ')}; found '${each}'; write --types amount=number`,
      { code: 'ML_USAGE' },
    )
  })
}

function progressOf(
  { topic, onProgress }: ImportCommand,
  paths: readonly string[],
  sizes: readonly number[],
): (progress: CopyProgress) => void {
  const started = performance.now()
  const records = paths.map(() => 0)
  const size = sizes.reduce((sum, each) => sum + each, 0)
  return (progress) => {
    const i = paths.indexOf(progress.source)
    records[i] = progress.records
    const before = sizes.slice(0, i).reduce((sum, each) => sum + each, 0)
    // A source may count in other units than bytes.
    const share = progress.size === 0 ? 1 : progress.done / progress.size
    onProgress({
      from: basename(progress.source),
      to: topic,
      number: i + 1,
      files: paths.length,
      done: before + share * sizes[i],
      size,
      unit: 'bytes',
      records: records.reduce((sum, each) => sum + each, 0),
      elapsedSeconds: (performance.now() - started) / 1000,
    })
  }
}

function answerOf(
  { topic, end, signal }: ImportCommand,
  reports: readonly CopyReport[],
  places: EventPlaces,
): Answer {
  const sum = (of: (report: CopyReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0)
  const records = sum((each) => each.records)
  const written = records - sum((each) => each.before)
  const odd = sum((each) => each.odd)
  const ended = end && !signal.aborted
  const first = reports.find(({ firstOdd }) => firstOdd !== undefined)
  const rest = written === records ? '' : `; ${countText(records - written)} were there before`
  return {
    ok: true,
    data: { topic, records, written, odd, withoutFields: places.missing, ended, files: reports },
    lines: [
      `${countedText(written, 'record is', 'records are')} durable in '${topic}'${ended ? ', which has ended' : ''}${rest}`,
      ...(odd === 0
        ? []
        : [
            `  ${countedText(odd, 'line')} passed on as found, for the stream's schema to refuse; the first: ${first?.firstOdd}`,
          ]),
      ...(places.missing === 0 ? [] : [`  ${places.told()}`]),
    ],
  }
}
