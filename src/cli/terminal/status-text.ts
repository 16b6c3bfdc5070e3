// How far a pipeline is, as lines for a terminal, or for a file: what `millrace status` prints, and draws again with `--watch`. Pure.
import {
  bytesText,
  countText,
  countedText,
  shareText,
  timeText,
  wholeSecondsText,
} from '../../base/figures.ts'
import type {
  DriftReport,
  LabelCounts,
  LearningReport,
  QuarantineReport,
  VersionReport,
} from '../../contracts/run-report.ts'
import type { GapReport } from '../../contracts/gap-report.ts'
import type { SetReport, StatusReport, TaskReport } from '../../contracts/status.ts'
import { bar } from './bars.ts'
import { driftText } from './drift-text.ts'
import { qualityText } from './quality-text.ts'
import { fitted, wrapped, type Style } from './style.ts'
import { table, type Side } from './table.ts'

/** More tasks than that are shown stage by stage. */
const TASKS_MAX = 24
/** Columns from which state and commits have room, and what a task waits for stands in its line. */
const WIDE = 90
const WIDER = 120
const VERSION = 16
const MARGIN = '    '
/** A transaction that works is over in a fraction of it. */
const OPEN_FOR_LONG_SECONDS = 5
/** Tasks that get their state back, each with a bar, at most. */
const RESTORES_MAX = 8
const BAR_MAX = 40
const DAY_MS = 86_400_000

/** Rows a second of a task, where two reports are known. */
export type RateOf = (stage: string, task: number) => number | undefined

export interface StatusView {
  readonly report: StatusReport
  readonly rate?: RateOf
}

/** Lines of at most `style.width` columns. */
export function statusLines({ report, rate }: StatusView, style: Style): string[] {
  const lines = linesOf(report, rate)
  return [
    headLine(report, style),
    ...tableLines(lines, style, { rated: rate !== undefined, at: report.at }),
    ...restoreLines(report, style),
    '',
    figuresLine(report, style),
    ...labelLines(report, style),
    ...report.sets.map((set) => setLine(set, style)),
    ...Object.entries(report.models).flatMap(([model, versions]) =>
      modelLines(model, versions, style),
    ),
    ...report.learning.map((each) => learningLine(each, style)),
    ...report.drifts.map((each) => driftLine(each, style)),
    ...report.quarantined.map((each) => style.bad(quarantineLine(each))),
    ...report.gaps.map((gap) => style.bad(gapLine(gap))),
    ...memberLines(report, style),
    ...transactionLines(report, style),
    style.dim(waitLine(report)),
    // Last, because they come and go.
    ...(style.width < WIDER ? noteLines(lines, style) : []),
  ].map((line) => fitted(line, style.width))
}

/** One line without colours, for a log. */
export function statusLine({ report, rate }: StatusView): string {
  const { tasks } = report
  const lag = tasks.reduce((sum, task) => sum + task.lag, 0)
  const sources = tasks.filter(({ kind }) => kind === 'source' || kind === 'direct')
  const lagSeconds = Math.max(0, ...tasks.map((task) => task.lagSeconds))
  const speed = sources.reduce((sum, { stage, task }) => sum + (rate?.(stage, task) ?? 0), 0)
  const note =
    tasks.find(({ paused }) => paused !== undefined) ?? tasks.find(({ waitsFor }) => waitsFor)
  return [
    `${new Date(report.at).toISOString().slice(0, 19)}Z ${report.pipeline}: ${countedText(report.events, 'event')}`,
    ...(rate === undefined ? [] : [`${countText(speed)} a second`]),
    ...(report.predictions === undefined ? [] : [countedText(report.predictions, 'prediction')]),
    `lag ${countText(lag)}${lagSeconds > 0 ? ` (${wholeSecondsText(lagSeconds)})` : ''}`,
    countedText(report.deadLetters, 'dead letter'),
    ...(note === undefined ? [waitLine(report)] : [`${nameOf(note)} ${noteOf(note)}`]),
  ].join(', ')
}

/** A task, or all tasks of a stage. */
interface Line extends Pick<
  TaskReport,
  'progress' | 'ended' | 'rows' | 'lag' | 'lagSeconds' | 'stateBytes' | 'commits' | 'committedAt'
> {
  readonly name: string
  readonly rate: number | undefined
  readonly note: string | undefined
  readonly paused: boolean
  /** The supervisor it runs at; undefined for tasks that run at several. */
  readonly member: string | undefined
}

function linesOf({ tasks }: StatusReport, rate: RateOf | undefined): Line[] {
  const lines = tasks.map((task): Line & { stage: string } => ({
    ...task,
    name: nameOf(task),
    rate: rate?.(task.stage, task.task),
    note: noteOf(task),
    paused: task.paused !== undefined,
  }))
  if (lines.length <= TASKS_MAX) return lines
  return [...Map.groupBy(lines, ({ stage }) => stage)].map(([stage, own]) => stageLine(stage, own))
}

function stageLine(stage: string, own: readonly Line[]): Line {
  const sum = (of: (line: Line) => number): number =>
    own.reduce((total, line) => total + of(line), 0)
  const ended = own.every((line) => line.ended)
  const begun = own.every(({ ended: done, progress }) => done || progress !== null)
  const least = Math.min(...own.map(({ progress }) => progress ?? Infinity))
  const noted = own.find(({ paused }) => paused) ?? own.find(({ note }) => note !== undefined)
  return {
    name: `${stage}, ${own.length} tasks`,
    progress: ended || !begun ? null : least,
    ended,
    rows: sum(({ rows }) => rows),
    lag: sum(({ lag }) => lag),
    lagSeconds: Math.max(...own.map(({ lagSeconds }) => lagSeconds)),
    stateBytes: sum(({ stateBytes }) => stateBytes),
    commits: sum(({ commits }) => commits),
    committedAt: latest(own),
    rate: own[0].rate === undefined ? undefined : sum((line) => line.rate ?? 0),
    member: own.every(({ member }) => member === own[0].member) ? own[0].member : undefined,
    note: noted && `${noted.name} ${noted.note}`,
    paused: own.some(({ paused }) => paused),
  }
}

function headLine({ pipeline, plan, inUse, at }: StatusReport, style: Style): string {
  const state = inUse ? 'in use by another process' : 'at rest'
  const time = new Date(at).toISOString().slice(11, 19)
  return `${style.bold(pipeline)}${style.dim(`, plan ${plan.slice(0, VERSION)}, ${state}, ${time} UTC`)}`
}

/** When the newest commit of them was. */
function latest(own: readonly Line[]): number | undefined {
  const times = own.flatMap(({ committedAt }) => committedAt ?? [])
  return times.length === 0 ? undefined : Math.max(...times)
}

interface TableColumn {
  readonly head: string
  readonly side: Side
  readonly cell: (line: Line) => string
}

function tableLines(
  lines: readonly Line[],
  style: Style,
  { rated, at }: { readonly rated: boolean; readonly at: number },
): string[] {
  const { width, dim, bad } = style
  const right = (head: string, cell: (line: Line) => string): TableColumn => ({
    head,
    side: 'right',
    cell,
  })
  const columns: TableColumn[] = [
    { head: 'task', side: 'left', cell: ({ name }) => name },
    { head: 'event time', side: 'left', cell: progressText },
    right('rows', ({ rows }) => countText(rows)),
    ...(rated ? [right('rows/s', ({ rate }) => countText(rate ?? 0))] : []),
    right('lag', ({ lag }) => countText(lag)),
    right('lag time', ({ lagSeconds }) => wholeSecondsText(lagSeconds)),
    ...(width < WIDE
      ? []
      : [
          right('state', ({ stateBytes }) => bytesText(stateBytes)),
          right('commits', ({ commits }) => countText(commits)),
          right('last commit', ({ committedAt }) => agoText(committedAt, at)),
        ]),
    ...(width < WIDER
      ? []
      : [
          ...(lines.some(({ member }) => member !== undefined)
            ? [{ head: 'at', side: 'left' as const, cell: ({ member }: Line) => member ?? '' }]
            : []),
          {
            head: '',
            side: 'left' as const,
            cell: ({ note, paused }: Line) => (paused ? bad : dim)(note ?? ''),
          },
        ]),
  ]
  const rows = [
    columns.map(({ head }) => dim(head)),
    ...lines.map((line) => columns.map(({ cell }) => cell(line))),
  ]
  return table(
    rows,
    columns.map(({ side }) => side),
  ).map((line) => `  ${line}`)
}

/** `  by-card/0 gets its state back  ██████      64.0 %, 31 MB`, a line a task, those that are least far first. */
function restoreLines({ tasks }: StatusReport, { width, accent, dim }: Style): string[] {
  const open = tasks.flatMap((task) =>
    task.restoring === undefined ? [] : [{ name: nameOf(task), ...task.restoring }],
  )
  const shareOf = ({ done, total }: { done: number; total: number }): number =>
    total === 0 ? 1 : done / total
  const shown = open.toSorted((a, b) => shareOf(a) - shareOf(b)).slice(0, RESTORES_MAX)
  const longest = Math.max(0, ...shown.map(({ name }) => name.length))
  const lines = shown.map((each) => {
    const left = `  ${each.name.padEnd(longest)} gets its state back  `
    const right = `${shareText(shareOf(each)).padStart(8)}, ${bytesText(each.bytes)}`
    const room = Math.max(8, Math.min(BAR_MAX, width - left.length - right.length))
    const full = bar(shareOf(each), room)
    return `${left}${accent(full)}${dim('·'.repeat(room - full.length))}${dim(right)}`
  })
  const rest = open.length - shown.length
  return rest === 0 ? lines : [...lines, dim(`  and ${countedText(rest, 'other')}`)]
}

function noteLines(lines: readonly Line[], { dim, bad }: Style): string[] {
  return lines.flatMap(({ name, note, paused }) =>
    note === undefined ? [] : [`  ${(paused ? bad : dim)(`${name} ${note}`)}`],
  )
}

function nameOf({ stage, task }: Pick<TaskReport, 'stage' | 'task'>): string {
  return `${stage}/${task}`
}

function noteOf({ paused, waitsFor }: TaskReport): string | undefined {
  if (paused !== undefined) return `is paused: ${paused}`
  if (waitsFor === undefined) return undefined
  const { writer, topic, partition } = waitsFor
  return `waits for ${writer === undefined ? `${topic}, partition ${partition}` : nameOf(writer)}`
}

function progressText({ ended, progress }: Pick<Line, 'ended' | 'progress'>): string {
  if (ended) return 'the end'
  return progress === null ? 'nothing yet' : secondText(progress)
}

/** `3 s ago`. The clock of the log may be ahead of this one's. */
function agoText(time: number | undefined, now: number): string {
  return time === undefined ? 'none' : `${wholeSecondsText(Math.max(0, now - time) / 1000)} ago`
}

function secondText(ms: number): string {
  return `${timeText(ms)}:${new Date(ms).toISOString().slice(17, 19)}`
}

function figuresLine({ events, predictions, deadLetters }: StatusReport, style: Style): string {
  const dead = countedText(deadLetters, 'dead letter')
  return [
    countedText(events, 'event'),
    ...(predictions === undefined ? [] : [countedText(predictions, 'prediction')]),
    deadLetters === 0 ? dead : style.warn(dead),
  ].join(', ')
}

/** A model alone need not be named. */
function labelLines({ labels }: StatusReport, style: Style): string[] {
  const all = Object.entries(labels)
  return all.map(([model, counts]) =>
    labelsLine(all.length === 1 ? 'labels' : `labels of ${model}`, counts, style),
  )
}

function labelsLine(title: string, labels: LabelCounts, style: Style): string {
  const { joined, pending, expired, orphaned, duplicate, revised, repeated, unmeasured } = labels
  const rest = {
    waiting: pending,
    expired,
    orphaned,
    duplicate,
    revised,
    repeated,
    'not measured': unmeasured,
  }
  const parts = Object.entries(rest).filter(([name, count]) => count > 0 || name === 'waiting')
  return `${title}: ${countText(joined)} joined${style.dim(parts.map(([name, count]) => `, ${countText(count)} ${name}`).join(''))}`
}

/** `keys of card: 1,000 of at most 1,000, 20 expired, 3 evicted`. */
function setLine({ set, stage, keys, keysMax, expired, evicted }: SetReport, style: Style): string {
  const most = keysMax === undefined ? '' : ` of at most ${countText(keysMax)}`
  const rest = { expired, evicted }
  const parts = Object.entries(rest).filter(([, count]) => count > 0)
  return `keys of ${set}: ${countText(keys)}${most}${style.dim(parts.map(([name, count]) => `, ${countText(count)} ${name}`).join('') + ` (${stage})`)}`
}

/** The version that runs now, then a line for each other one that labels have judged. */
function modelLines(model: string, versions: readonly VersionReport[], { width }: Style): string[] {
  return versions.flatMap((report, i) => {
    const { version, judged, measure } = report
    const title = `${i === 0 ? `model ${model},` : '  before:'} version ${version.slice(0, VERSION)}`
    if (judged === 0) return [`${title}, has no labels yet`]
    const text = `${title}: ${qualityText(measure, report)}, ${countedText(judged, 'label')}`
    return wrapped(text, width - MARGIN.length).map((line, n) => (n === 0 ? line : MARGIN + line))
  })
}

/** `model guess: 1,200 learnt, 3 refused; snapshot 12 predicts from 2026-01-05 10:00, 4.1 kB`. */
function learningLine(
  { model, learnt, refused, snapshots, newest }: LearningReport,
  { dim, warn }: Style,
): string {
  const aside = refused === 0 ? '' : `, ${warn(`${countText(refused)} refused`)}`
  const text =
    newest === undefined
      ? '; no snapshot yet'
      : `; snapshot ${countText(snapshots)} predicts from ${timeText(newest.from)}, ${bytesText(newest.bytes)}`
  return `model ${model}: ${countText(learnt)} learnt${aside}${dim(text)}`
}

function driftLine({ model, count, newest }: DriftReport, { dim, warn }: Style): string {
  const last = newest.at(-1)
  if (last === undefined) return `model ${model}: no drift`
  return `model ${model}: ${warn(countedText(count, 'drift'))}${dim(`; ${last.at.slice(0, 16)}: ${driftText(last)}`)}`
}

function gapLine({ topic, partition, from, to, at }: GapReport): string {
  return (
    `gap in ${topic}/${partition}: offsets ${from} to ${to - 1} were never read, at most ` +
    `${countedText(to - from, 'record')}; accepted ${new Date(at).toISOString().slice(0, 19)}Z`
  )
}

/** `member a on host-1, since 07:12:03 UTC: 8 tasks, copies of 8 others, 2 workers`. */
function memberLines({ members, rebalances, at }: StatusReport, { dim }: Style): string[] {
  if (members === undefined || rebalances === undefined) return []
  const lines = members.map(({ name, host, since, tasks, copies, copiesBehind, workers }) => {
    const day = at - since < DAY_MS ? '' : `${new Date(since).toISOString().slice(0, 10)} `
    const time = `${day}${new Date(since).toISOString().slice(11, 19)} UTC`
    const behind =
      copiesBehind === undefined ? '' : ` (at most ${countedText(copiesBehind, 'record')} behind)`
    const kept = copies === 0 ? '' : `copies of ${countedText(copies, 'other')}${behind}, `
    return `member ${name} on ${host}, since ${time}: ${countedText(tasks, 'task')}, ${kept}${countedText(workers, 'worker')}`
  })
  return [...lines, dim(countedText(rebalances, 'rebalance'))]
}

/** `2 transactions are open, the oldest for 12 s: scoring/by-card/0`. One that is open for long hides what others write behind it. */
function transactionLines(
  { openTransactions = [], at }: StatusReport,
  { dim, warn }: Style,
): string[] {
  const [oldest] = openTransactions
  if (oldest === undefined) return []
  const seconds = Math.max(0, at - oldest.since) / 1000
  const { length } = openTransactions
  const text = `${countedText(length, 'transaction')} ${length === 1 ? 'is' : 'are'} open, ${length === 1 ? '' : 'the oldest '}for ${wholeSecondsText(seconds)}: ${oldest.writer}`
  return [(seconds < OPEN_FOR_LONG_SECONDS ? dim : warn)(text)]
}

function quarantineLine({ model, digest, hangs, paused }: QuarantineReport): string {
  return (
    `model ${model}, version ${digest.slice(0, VERSION)}, hung ${hangs} times and is quarantined: ` +
    `${paused ? 'its stage is paused' : 'its fallback stands in'} until millrace resume ${model}`
  )
}

function waitLine({ tasks }: StatusReport): string {
  if (tasks.every(({ ended }) => ended)) return 'every input has ended and everything is done'
  const restoring = tasks.filter((task) => task.restoring !== undefined)
  if (restoring.length > 0)
    return `${countedText(restoring.length, 'task')} first ${restoring.length === 1 ? 'gets its' : 'get their'} state back`
  const isDone = tasks.every(
    ({ lag, waitsFor, paused }) => lag === 0 && waitsFor === undefined && paused === undefined,
  )
  // How far the event times are is then a matter of what came last, and nobody waits for it.
  if (isDone) return 'everything that is there is done'
  const reach = ({ ended, progress }: TaskReport): number =>
    ended ? Infinity : (progress ?? -Infinity)
  const slowest = tasks.reduce((least, task) => (reach(task) < reach(least) ? task : least))
  if (tasks.every((task) => reach(task) === reach(slowest))) return 'all are equally far'
  return `the others wait for ${nameOf(slowest)}`
}
