// An explanation for a person.
import type { Explanation } from '../../contracts/explanation.ts'
import type { GapReport } from '../../contracts/gap-report.ts'
import { fitted, wrapped, type Style } from './style.ts'
import { table } from './table.ts'

/** Features come in threes more often than not: a share, a mean and a count of one window. */
const PER_LINE_MAX = 3
const HEADS = 11

/** Lines of at most `style.width` columns. */
export function explanationLines(explanation: Explanation, style: Style): string[] {
  const { id, time, source, model, plan, features, outputs, receipt, labels, outcome, gaps } =
    explanation
  const label = labels.map(
    (each) =>
      `${each.outcome}${each.label === undefined ? '' : ` as ${each.label}`}${each.labelTime === undefined ? '' : ` at ${timeText(each.labelTime)}`}`,
  )
  const width = style.width - HEADS - 2
  const sections: readonly (readonly [head: string, lines: readonly string[]])[] = [
    ['source', [`${source.topic}, partition ${source.partition}, offset ${source.offset}`]],
    ['model', wrapped(`${model.name}, ${model.digest.slice(0, 16)}, ${model.path}`, width)],
    ['trained on', trainedOnLines(model.trainedOn, width)],
    ['learnt', learntLines(model.learnt, width)],
    ['plan', [plan.slice(0, 16)]],
    ['receipt', [`task ${receipt.task}, commit ${receipt.commit}, row ${receipt.row}`]],
    ['outcome', [outcome]],
    ['features', valueLines(features, width)],
    ['said', valueLines(outputs, width)],
    ['gaps', gaps.flatMap((gap) => wrapped(gapText(gap), width))],
    ['label', wrapped(label.length === 0 ? 'none yet' : label.join(', then '), width)],
  ]
  return [
    `prediction ${style.bold(id)}, made for ${timeText(time)}`,
    ...sections.flatMap(([head, lines]) =>
      lines.map((line, i) => `  ${style.dim((i === 0 ? head : '').padEnd(HEADS))}${line}`),
    ),
  ].map((line) => fitted(line, style.width))
}

function gapText({ topic, partition, from, to }: GapReport): string {
  return `${topic}/${partition} ${from} to ${to - 1} were gone before they were read: not counted`
}

const RANGES_MAX = 6

/** The training set, and the offsets its rows came from. */
function trainedOnLines(data: Explanation['model']['trainedOn'], width: number): string[] {
  if (data === undefined) return []
  const { digest, as, ranges } = data
  const shown = ranges
    .slice(0, RANGES_MAX)
    .map(({ topic, partition, first, last }) => `${topic}/${partition} ${first} to ${last}`)
  const more = ranges.length > RANGES_MAX ? [`and ${ranges.length - RANGES_MAX} more`] : []
  const set = `dataset ${digest.slice(0, 16)}${as === undefined ? '' : `, ${as}`}`
  return wrapped([set, ...shown, ...more].join(', '), width)
}

/** The snapshot that a model had which learns in the stream. */
function learntLines(learnt: Explanation['model']['learnt'], width: number): string[] {
  if (learnt === undefined) return []
  const { snapshot, digest, examples, until } = learnt
  if (until === null) return ['nothing yet']
  const text = `${examples} examples before ${timeText(until)}: snapshot ${snapshot}, ${digest.slice(0, 16)}`
  return wrapped(text, width)
}

/** Names and values in as many columns as fit. */
function valueLines(values: Readonly<Record<string, unknown>>, width: number): string[] {
  const cells = Object.entries(values).map(([name, value]) => `${name} ${valueText(value)}`)
  for (let perLine = PER_LINE_MAX; ; perLine--) {
    const rows: string[][] = []
    for (let i = 0; i < cells.length; i += perLine) rows.push(cells.slice(i, i + perLine))
    const lines = table(rows, [], { gap: '   ' })
    if (perLine === 1 || lines.every((line) => line.length <= width)) return lines
  }
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return '-'
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))
  if (value instanceof Float64Array) return `[${value.length} numbers]`
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function timeText(ms: number): string {
  return new Date(ms).toISOString()
}
