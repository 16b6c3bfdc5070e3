// An explanation for a person.
import type { Explanation } from './explain.ts'

const PER_LINE = 3

export function explanationLines(explanation: Explanation): string[] {
  const { id, time, source, model, plan, features, outputs, receipt, labels, outcome } = explanation
  const label = labels.map(
    (each) =>
      `${each.outcome}${each.label === undefined ? '' : ` as ${each.label}`}${each.labelTime === undefined ? '' : ` at ${timeText(each.labelTime)}`}`,
  )
  return [
    `prediction ${id}, made for ${timeText(time)}`,
    `  source    ${source.topic}, partition ${source.partition}, offset ${source.offset}`,
    `  model     ${model.name}, ${model.digest.slice(0, 16)}, ${model.path}`,
    `  plan      ${plan.slice(0, 16)}`,
    `  receipt   task ${receipt.task}, commit ${receipt.commit}, row ${receipt.row}`,
    `  outcome   ${outcome}`,
    ...rows('features', features),
    ...rows('said', outputs),
    `  label     ${label.length === 0 ? 'none yet' : label.join(', then ')}`,
  ]
}

function rows(title: string, values: Readonly<Record<string, unknown>>): string[] {
  const cells = Object.entries(values).map(([name, value]) => `${name} ${valueText(value)}`)
  const lines: string[] = []
  for (let i = 0; i < cells.length; i += PER_LINE) {
    lines.push(
      `  ${i === 0 ? title.padEnd(9) : ' '.repeat(9)} ${cells
        .slice(i, i + PER_LINE)
        .map((cell) => cell.padEnd(28))
        .join(' ')
        .trimEnd()}`,
    )
  }
  return lines
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
