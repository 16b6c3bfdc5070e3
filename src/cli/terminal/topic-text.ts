// A topic as lines for a person. Pure.
import {
  bytesText,
  countedText,
  countText,
  timeText,
  wholeSecondsText,
} from '../../base/figures.ts'
import type { TopicReport } from '../../contracts/topic-report.ts'
import { fitted, wrapped, type Style } from './style.ts'
import { table, type Side } from './table.ts'

const MARGIN = 14
const PARTS: readonly Side[] = ['right', 'right', 'right', 'right', 'right', 'left']
const READERS: readonly Side[] = ['left', 'right', 'right', 'right']
const DAY_SECONDS = 86_400

/** Lines of at most `style.width` columns. */
export function topicLines(topic: TopicReport, style: Style): string[] {
  const { dim, bold, width } = style
  const said = (head: string, text: string): string[] =>
    wrapped(text, Math.max(20, Math.min(width, 100) - MARGIN)).map(
      (line, i) => dim(`  ${i === 0 ? head : ''}`.padEnd(MARGIN)) + line,
    )
  return [
    bold(topic.name),
    ...said('is', topic.use),
    ...said('holds', `${countedText(topic.records, 'record')}, ${bytesText(topic.bytes)}`),
    ...said('keeps', keptText(topic)),
    ...said(
      'written by',
      topic.writers.join(', ') || (topic.internal ? 'runs and commands' : 'others'),
    ),
    ...(topic.unknown === undefined ? [] : said('read by', `not known: ${topic.unknown}`)),
    '',
    ...partLines(topic, style),
    ...(topic.readers.length === 0 ? [] : ['', ...readerLines(topic, style)]),
  ].map((line) => fitted(line, width))
}

function keptText({ retentionMs, retentionBytes, internal }: TopicReport): string {
  const bounds = [
    ...(retentionMs === null ? [] : [`for ${spanText(retentionMs / 1000)}`]),
    ...(retentionBytes === null ? [] : [`${bytesText(retentionBytes)} of each partition`]),
  ]
  return bounds.join(', at most ') || (internal ? 'what is still needed' : 'all of it')
}

function spanText(seconds: number): string {
  return seconds % DAY_SECONDS === 0
    ? countedText(seconds / DAY_SECONDS, 'day')
    : wholeSecondsText(seconds)
}

function partLines({ parts }: TopicReport, { dim }: Style): string[] {
  const timed = parts.some(({ firstTime }) => firstTime !== null)
  const heads = ['partition', 'from', 'to', 'records', 'size', ...(timed ? ['times'] : [])]
  const rows = parts.map(({ start, end, bytes, firstTime, lastTime }, partition) => [
    String(partition),
    countText(start),
    countText(end),
    countText(end - start),
    bytesText(bytes),
    ...(timed ? [timesText(firstTime, lastTime)] : []),
  ])
  return table([heads.map(dim), ...rows], PARTS).map((line) => `  ${line}`)
}

function timesText(first: number | null, last: number | null): string {
  if (first === null || last === null) return ''
  return `${timeText(first)} to ${timeText(last)}`
}

function readerLines({ readers }: TopicReport, { dim }: Style): string[] {
  const rows = readers.map(({ stage, task, partition, position, lag }) => [
    `${stage}/${task}`,
    String(partition),
    countText(position),
    countText(lag),
  ])
  const heads = ['read by', 'partition', 'reads next', 'lag']
  return table([heads.map(dim), ...rows], READERS).map((line) => `  ${line}`)
}
