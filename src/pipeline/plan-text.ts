// The description of a plan as text, at most 100 columns wide, for a person at a terminal. No colours: the terminal's own code adds them.
import { durationText } from '../base/duration.ts'
import type {
  FeatureDescription,
  DerivedDescription,
  DriftDescription,
  WindowDriftDescription,
  LabelDescription,
  LearningDescription,
  ModelDescription,
  PlanDescription,
  SetDescription,
  StageDescription,
  StreamDescription,
} from './plan-description.ts'

const WIDTH = 100
/** Where what is said of a thing begins. */
const INDENT = 4
const LABEL = 10

export function planText(plan: PlanDescription): string {
  const outputs = plan.outputs.map(({ topic, step, key, file, cluster }) => [
    [topic, ...((file ?? cluster) ? [file ?? cluster] : [])].join(' -> '),
    step === 'when' ? 'rows that pass a test' : 'one record a row',
    `keyed by ${key}`,
  ])
  const inner = plan.topics.filter(({ internal }) => internal)
  const sections = [
    title(plan.pipeline, `plan ${plan.digest.slice(0, 16)}`),
    wrapped(
      [
        wayIn(plan),
        ...plan.stages.map(({ name }) => name),
        [...outputs, ...plan.periods.map(({ topic }) => [topic])]
          .map(([topic]) => topic)
          .join(', '),
      ],
      ' -> ',
      2,
    ),
    section('Streams', plan.streams.map(streamText)),
    section('Streams made of them', plan.derived.map(derivedText)),
    section('Stages', plan.stages.map(stageText)),
    section('Models', plan.models.map(modelText)),
    section('Outputs', outputs.length === 0 ? [] : [table(outputs)]),
    section('Periods', plan.periods.map(periodText)),
    section('Topics between tasks', inner.length === 0 ? [] : [table(inner.map(topicRow))]),
  ]
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`
}

function periodText({
  topic,
  everyMs,
  set,
  key,
  overAll,
  stage,
  latenessMs,
}: PlanDescription['periods'][number]): string {
  const late =
    latenessMs === 0
      ? 'no event comes late'
      : `events up to ${durationText(latenessMs)} late write the rows they change again, at the end of the period they come in`
  const rows = overAll
    ? `one record over all of ${set}, made by one task, where an event was in the period`
    : `one record for each ${key} of ${set} that had an event in the period`
  return [
    `  ${topic}`,
    line('every', `${durationText(everyMs)}, ${rows}`),
    line('stage', stage),
    line('late', late),
  ].join('\n')
}

function topicRow({
  name,
  partitions,
  keptMs,
  forReplay,
}: PlanDescription['topics'][number]): string[] {
  const length = durationText(keptMs ?? 0)
  const kept = !forReplay
    ? `kept ${length}`
    : keptMs === 0
      ? 'kept until read'
      : `kept ${length} for replays`
  return [name, counted(partitions, 'partition'), kept]
}

function title(left: string, right: string): string {
  return left + right.padStart(Math.max(right.length + 1, WIDTH - left.length))
}

function section(name: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${name.toUpperCase()}\n${parts.join('\n\n')}`
}

function streamText(stream: StreamDescription): string {
  const keyed = stream.partitionedByKey
    ? `partitioned by its key ${stream.key}`
    : `keyed by ${stream.key}`
  const lines = [
    line('topic', `${stream.topic}, ${keyed}, time from ${stream.time}`),
    ...(stream.files.length === 0
      ? []
      : [line('files', `${stream.files.join(', ')}, copied into the topic`)]),
    ...(stream.cluster === undefined
      ? []
      : [line('from', `${stream.cluster}, copied into the topic`)]),
    line('time', timeText(stream)),
    ...(stream.redact.length === 0
      ? []
      : [line('redacts', `${stream.redact.join(', ')}, in dead letters and receipts`)]),
    line('read', readText(stream)),
    ...stream.fields
      .filter(({ native, note }) => !native && note !== stream.reason)
      .map(({ path, note }) => line('', `${path}: ${note}`)),
  ]
  return [titled(stream.name, stream.roles), ...lines].join('\n')
}

/** The stream that is predicted, and where it comes from if it is made of others. */
function wayIn({ streams, derived }: PlanDescription): string {
  const own = derived.find(({ roles }) => roles.includes('predicted'))
  if (own === undefined) return streams[0]?.name ?? ''
  return `${own.name} (${own.of.join(' + ')})`
}

function derivedText({
  name,
  roles,
  of,
  step,
  topics,
  key,
  decoded,
  reason,
}: DerivedDescription): string {
  const lines = [
    line('made', `of ${of.join(' and ')}, by ${step}; no topic between`),
    line('topic', `${topics.join(', ')}, keyed by ${key}`),
    ...(decoded === undefined
      ? []
      : [
          line(
            'read',
            decoded === 'fallback' ? bySchema(reason) : `natively, from what the function gives`,
          ),
        ]),
  ]
  return [titled(name, roles), ...lines].join('\n')
}

function titled(name: string, roles: StreamDescription['roles']): string {
  return `  ${name}${roles.length === 0 ? '' : `  (${roles.join(', ')})`}`
}

function bySchema(reason: string | undefined): string {
  return `by the schema's own validate${reason === undefined ? '' : `: ${reason}`}`
}

function timeText({ latenessMs, late, aheadMs, idleMs }: StreamDescription): string {
  const ahead = aheadMs === undefined ? '' : `; at most ${durationText(aheadMs)} ahead`
  const idle = idleMs === undefined ? 'never idle' : `idle after ${durationText(idleMs)}`
  const behind =
    latenessMs === 0 ? 'what is out of order' : `what is more than ${durationText(latenessMs)} late`
  return `${behind} goes to ${late}${ahead}; ${idle}`
}

function readText({ decoded, fields, reason }: StreamDescription): string {
  if (decoded === 'unknown') return 'schema not compiled'
  if (decoded === 'native')
    return `natively, ${counted(fields.length, 'field')} straight from the bytes`
  return bySchema(reason)
}

function stageText(stage: StageDescription, index: number): string {
  const how = stage.hop ? 'rows come through a topic' : 'rows come from the source'
  const lines = [line('key', `${stage.key}; ${counted(stage.tasks, 'task')}; ${how}`)]
  if (stage.carries !== undefined) {
    const { columns, openEnded } = stage.carries
    lines.push(line('rows', columns.join(', ')))
    if (openEnded.length > 0)
      lines.push(line('', `all that may be read by ${openEnded.join('; ')}`))
  }
  return [`  ${index + 1}. ${stage.name}`, ...lines, ...stage.sets.map(setText)].join('\n')
}

function setText(set: SetDescription): string {
  const origin =
    set.waitMs === undefined
      ? `updated by the row, then read`
      : `of ${set.stream}, ${waitText(set.waitMs)}`
  const alias = set.as === set.set ? '' : `${set.set} `
  const head = line(set.as, `${alias}${origin}; ${counted(set.features.length, 'feature')}`)
  return [
    head,
    line('', stateText(set)),
    table(
      set.features.flatMap((feature) => [[feature.name, feature.what], ...notes(feature)]),
      INDENT + LABEL + 2,
    ),
  ].join('\n')
}

/** What a window keeps for itself, and how exact it is, on a line of its own. */
function notes({ bytesPerKey, bound }: FeatureDescription): string[][] {
  if (bytesPerKey === undefined && bound === undefined) return []
  const bytes = bytesPerKey === undefined ? [] : [`${bytesText(bytesPerKey)} a key`]
  return [['', [...bytes, ...(bound === undefined ? [] : [bound])].join('; ')]]
}

function waitText(waitMs: number | 'forever'): string {
  if (waitMs === 'forever') return 'waits as long as it takes'
  return waitMs === 0 ? 'takes what is there' : `waits up to ${durationText(waitMs)}`
}

function stateText({ state, budget }: SetDescription): string {
  if (state === undefined) return 'keeps nothing'
  const events =
    state.bytesPerEvent === 0
      ? ''
      : ` + ${bytesText(state.bytesPerEvent)} an event${state.keptMs === 0 ? '' : ` of ${durationText(state.keptMs)}`}`
  const kept =
    state.keyKeptMs === 'forever'
      ? 'kept for ever'
      : `kept ${durationText(state.keyKeptMs)} after its last event`
  return `about ${bytesText(state.bytesPerKey)} a key${events}; a key is ${kept}${budgetText(budget)}`
}

/** `; at most 1,000,000 keys over all tasks, then the oldest is forgotten`. */
function budgetText(budget: SetDescription['budget']): string {
  if (budget === undefined) return ''
  const { keys, bytes, then } = budget
  const most = [
    ...(keys === undefined ? [] : [`${numberText(keys)} keys`]),
    ...(bytes === undefined ? [] : [bytesText(bytes)]),
  ].join(' and ')
  return `; at most ${most} over all tasks, then ${then === 'stop' ? 'the run stops' : 'the oldest key is forgotten'}`
}

function modelText(model: ModelDescription): string {
  const lines = [
    line('gives', model.prediction),
    line('runs', model.file === undefined ? model.path : `${model.file}, ${model.path}`),
    line('takes', `${counted(model.features.length, 'feature')}: ${model.features.join(', ')}`),
    line(
      'labels',
      model.labels === undefined ? 'none: nothing is judged' : labelText(model.labels),
    ),
    ...(model.learning === undefined ? [] : [line('learns', learningText(model.learning))]),
    ...(model.drift.length === 0 ? [] : [line('watched', model.drift.map(driftText).join('; '))]),
    ...(model.windowDrift.length === 0
      ? []
      : [line('compared', model.windowDrift.map(windowDriftText).join('; '))]),
  ]
  return [`  ${model.name}`, ...lines].join('\n')
}

function learningText(learning: LearningDescription): string {
  const { from, features, actions, stage, periodMs, waitMs, memoryBytes } = learning
  const waits =
    waitMs === 0
      ? 'a row takes the newest there is'
      : `a row waits for that of its time${waitMs === 'forever' ? '' : `, at most ${durationText(waitMs)}`}`
  const each = from === 'rows' ? 'each row once it is predicted, without labels, ' : ''
  const chosen = actions === undefined ? '' : `which of ${actions.join(', ')} earns most, `
  return `${each}${chosen}from ${counted(features.length, 'feature')}, ${features.join(', ')}, in the one task of stage ${stage}; a snapshot each ${durationText(periodMs)}, ${waits}; begins with ${bytesText(memoryBytes)}`
}

/** `error by adwin, up: at most one false alarm in 100,000; then 1,000 quiet`. */
function driftText(drift: DriftDescription): string {
  const { of, detector, cooldown, direction, rowsBetweenFalseAlarms } = drift
  const budget =
    rowsBetweenFalseAlarms === undefined
      ? 'no budget of false alarms is known'
      : `at most one false alarm in ${numberText(rowsBetweenFalseAlarms)}`
  return `${of} by ${detector}, ${direction === 'both' ? 'up or down' : direction}: ${budget}, ${numberText(cooldown)} quiet after a drift`
}

/** `amount, prediction by ks: each 1h with the first 7d; at most 1,000 rows of each`. */
function windowDriftText({ of, test, windowMs, reference, rows }: WindowDriftDescription): string {
  const other =
    reference === 'before'
      ? 'the window before'
      : reference === 'given'
        ? 'the rows that are given'
        : `${durationText(reference)} from the first row, or the last drift, on`
  return `${of.join(', ')} by ${test}: each ${durationText(windowMs)} with ${other}; at most ${numberText(rows)} rows of each`
}

function labelText({
  stream,
  withinMs,
  earlyMs,
  otherwise,
  judges,
  waiting,
  waitingEach,
}: LabelDescription): string {
  const expiry = otherwise === undefined ? 'then no example' : `then ${otherwise}`
  const judged = judges === undefined ? 'no output is judged' : `judges ${judges}`
  const { bytes, memoryBytes } = waiting ?? waitingEach
  const rows = waiting === undefined ? 'one' : `at most ${numberText(waiting.rows)}`
  const takes = `${bytesText(bytes)} of log and ${bytesText(memoryBytes)} of memory`
  const room = `; ${rows} that ${waiting === undefined ? 'waits takes' : 'wait take'} ${takes}`
  return `from ${stream}, within ${durationText(withinMs)}, ${expiry}; early ones wait ${durationText(earlyMs)}; ${judged}${room}`
}

/** A label and what it says, wrapped under itself. */
function line(label: string, text: string): string {
  const indent = INDENT + LABEL
  const words = wrapped(text.split(' '), ' ', indent)
  const head = ' '.repeat(INDENT) + label.padEnd(LABEL - 1)
  return `${head} ${words.slice(Math.min(indent, head.length + 1))}`
}

/** Parts joined by a text, broken where a line would be longer than the width. */
function wrapped(parts: readonly string[], by: string, indent: number): string {
  const lines: string[] = []
  let current = ''
  for (const each of parts) {
    const next = current === '' ? each : current + by + each
    if (indent + next.length > WIDTH && current !== '') {
      lines.push(current + by.trimEnd())
      current = each
    } else current = next
  }
  return [...lines, current].map((text) => ' '.repeat(indent) + text).join('\n')
}

/** Rows in aligned columns; the last one is cut where it would be wider than the page. */
function table(rows: readonly (readonly string[])[], indent: number = INDENT): string {
  const widths = rows[0]
    .slice(0, -1)
    .map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows
    .map((row) => {
      const text = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
      const room = WIDTH - indent
      return ' '.repeat(indent) + (text.length <= room ? text : `${text.slice(0, room - 3)}...`)
    })
    .join('\n')
}

function counted(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`
}

function numberText(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

function bytesText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let unit = 0
  let value = bytes
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}
