// How far a run is: as live lines for a terminal, as one plain line for a file. Pure.
import type {
  LabelCounts,
  ModelProgress,
  QuarantineReport,
  RunProgress,
} from '../../contracts/run-report.ts'
import { bar } from './bars.ts'
import {
  bytesText,
  countText,
  metricText,
  shareText,
  timeText,
  wholeSecondsText,
} from '../../base/figures.ts'
import { fitted, type Style } from './style.ts'

export type { LabelCounts, ModelProgress, RunProgress }

const HEADS = 14

/** Lines of at most `style.width` columns; more or fewer only where something began or ended. */
export function progressLines(progress: RunProgress, style: Style): string[] {
  const { labels, eventTime } = progress
  const head = (name: string): string => style.dim(`  ${name}`.padEnd(HEADS + 2))
  const reached = eventTime === undefined ? '' : style.dim(`   up to ${timeText(eventTime)}`)
  const note = progress.note === undefined ? '' : style.dim(`  ${progress.note}`)
  const lines = [
    `  ${style.bold(progress.pipeline)}${note}`,
    barLine(progress, style),
    head('events') + eventsText(progress) + style.dim(`   ${speedText(progress)}`),
    progress.predictions === undefined
      ? head('done') + countText(progress.eventsDone) + reached
      : head('predictions') + countText(progress.predictions) + reached,
  ]
  if (progress.restoring !== undefined) lines.push(restoreLine(progress.restoring, style))
  if (labels !== undefined) lines.push(head('labels') + labelsText(labels, style))
  for (const model of progress.models) lines.push(head(model.figure) + figureText(model, style))
  const dead = countText(progress.deadLetters)
  lines.push(head('dead letters') + (progress.deadLetters === 0 ? dead : style.warn(dead)))
  if (progress.restarts > 0) lines.push(head('restarts') + style.warn(countText(progress.restarts)))
  for (const each of progress.quarantined)
    lines.push(head('quarantined') + style.bad(quarantineText(each)))
  return lines.map((line) => fitted(line, style.width))
}

/** One line without colours, for logs. */
export function progressLine(progress: RunProgress): string {
  const { labels } = progress
  const parts = [
    `${wholeSecondsText(progress.elapsedSeconds)}: ${eventsText(progress)} events`,
    speedText(progress),
    progress.predictions === undefined
      ? `${countText(progress.eventsDone)} done`
      : `${countText(progress.predictions)} predictions`,
  ]
  if (progress.restoring !== undefined)
    parts.push(`${restoreText(progress.restoring)} ${shareText(progress.restoring.share)}`)
  if (labels !== undefined) parts.push(`${countText(labels.joined)} labels joined`)
  for (const model of progress.models) {
    const { name, figure, value, base } = model
    if (value === undefined) continue
    const others = othersText(model)
    parts.push(
      `${figure} of ${name}${others === '' ? '' : ` (${others.trim()})`} ${metricText(value)}, ${BASE[figure]} ${metricText(base)}`,
    )
  }
  parts.push(`${countText(progress.deadLetters)} dead letters`)
  if (progress.restarts > 0) parts.push(`${countText(progress.restarts)} restarts`)
  for (const each of progress.quarantined) parts.push(`quarantined: ${quarantineText(each)}`)
  if (progress.note !== undefined) parts.push(progress.note)
  return parts.join(', ')
}

function quarantineText({ model, paused }: QuarantineReport): string {
  return `${model}: ${paused ? 'its stage is paused' : 'its fallback stands in'} until millrace resume ${model}`
}

function barLine(progress: RunProgress, style: Style): string {
  const { eventsDone, eventsTotal } = progress
  if (eventsTotal === undefined) {
    return style.dim(`  running for ${wholeSecondsText(progress.elapsedSeconds)}`)
  }
  const share = eventsTotal === 0 ? 1 : Math.min(eventsDone / eventsTotal, 1)
  const right = `${shareText(share).padStart(8)}  ${timesText(progress)}`
  const width = Math.max(8, style.width - right.length - 4)
  const full = bar(share, width)
  return `  ${style.accent(full)}${style.dim('·'.repeat(width - full.length))}${style.dim(right)}`
}

type Restoring = NonNullable<RunProgress['restoring']>

function restoreText({ tasks }: Restoring): string {
  return tasks === 1 ? '1 task gets its state back' : `${tasks} tasks get their state back`
}

function restoreLine(restoring: Restoring, style: Style): string {
  const { share, bytes } = restoring
  const right = `${shareText(share).padStart(8)}  ${restoreText(restoring)}, ${bytesText(bytes)}`
  const width = Math.max(8, style.width - right.length - 4)
  const full = bar(share, width)
  return `  ${style.accent(full)}${style.dim('·'.repeat(width - full.length))}${style.dim(right)}`
}

/** Of constant length while the numbers grow, so that the bar beside it does not jump. */
function timesText(progress: RunProgress): string {
  const { eventsDone, eventsTotal = 0, eventsPerSecond, elapsedSeconds } = progress
  const left = (eventsTotal - eventsDone) / eventsPerSecond
  const passed = wholeSecondsText(elapsedSeconds)
  const rest =
    eventsDone >= eventsTotal
      ? ', finishing'
      : Number.isFinite(left)
        ? `, ${wholeSecondsText(left)} to go`
        : ''
  return (passed + rest).padEnd(26)
}

function eventsText({ events, eventsTotal }: RunProgress): string {
  return eventsTotal === undefined
    ? countText(events)
    : `${countText(events)} of ${countText(eventsTotal)}`
}

function speedText({ eventsPerSecond }: RunProgress): string {
  return `${countText(eventsPerSecond)} events/s`
}

function labelsText(labels: LabelCounts, style: Style): string {
  const rest = [
    `${countText(labels.pending)} waiting`,
    ...(labels.expired > 0 ? [`${countText(labels.expired)} expired`] : []),
    ...(labels.orphaned > 0 ? [`${countText(labels.orphaned)} orphaned`] : []),
    ...(labels.duplicate > 0 ? [`${countText(labels.duplicate)} duplicate`] : []),
  ]
  return `${countText(labels.joined)} joined${style.dim(`   ${rest.join(', ')}`)}`
}

function figureText(model: ModelProgress, style: Style): string {
  const { name, figure, value, base, others } = model
  if (value === undefined || base === undefined) return style.dim(`-   ${name}${othersText(model)}`)
  const own = metricText(value)
  const least = BASE[figure]
  const beside = style.dim(
    others.length === 0
      ? `   ${name}; ${figure === 'reward' ? 'choosing by chance' : `always saying the ${least}`}: ${metricText(base)}`
      : `   ${least} ${metricText(base)}   ${name}${othersText(model)}`,
  )
  const isBetter = figure === 'accuracy' || figure === 'reward' ? value > base : value < base
  return (isBetter ? style.good(own) : own) + beside
}

/** What is said by who knows nothing but the labels. */
const BASE: Readonly<Record<ModelProgress['figure'], string>> = {
  'log loss': 'base rate',
  accuracy: 'most frequent',
  RMSE: 'mean',
  reward: 'chance',
}

/** ` d63df029; before: 0.4012, fallback 0.5100`; nothing for a model of one version. */
function othersText({ version, others }: ModelProgress): string {
  if (others.length === 0) return ''
  const each = others.map((other) =>
    other.version === 'fallback' ? `fallback ${metricText(other.value)}` : metricText(other.value),
  )
  return ` ${version.slice(0, 8)}; before: ${each.join(', ')}`
}
