// The result for people: a table, and below it what bounds each figure that was missed.
import pc from 'picocolors'
import type { Machine } from './machine.ts'
import { isMet, type Figure } from './measure.ts'
import type { BenchResult } from './result.ts'

const NUMBER = 10

export function resultText({ date, machine, measures }: BenchResult): string {
  const figures = measures.flatMap(({ outcome }) =>
    outcome.kind === 'taken' ? outcome.figures : [],
  )
  const wide = Math.max(0, ...figures.map(({ what }) => what.length)) + 2
  const lines = [
    `${date.slice(0, 10)}  ${machineText(machine)}`,
    '',
    pc.bold(`${''.padEnd(wide)}${'measured'.padStart(NUMBER)}${'to reach'.padStart(NUMBER + 2)}`),
  ]
  for (const { measure, outcome } of measures) {
    if (outcome.kind === 'taken')
      for (const figure of outcome.figures) lines.push(row(figure, wide))
    else lines.push(`${pc.yellow(`${measure}: ${outcome.kind}`)}: ${outcome.why}`)
  }
  const missed = figures.filter((figure) => !isMet(figure))
  const aims = figures.filter(({ aim }) => aim !== undefined).length
  if (aims > 0) lines.push('', `${aims - missed.length} of ${aims} met.`)
  if (missed.length > 0) lines.push('', pc.bold('What bounds the others'))
  for (const { what, bound } of missed) lines.push(`${what}: ${bound ?? 'not looked into'}.`)
  lines.push('', pc.bold('How it was measured'))
  for (const { measure, method, seconds } of measures)
    lines.push(`${measure} (${seconds.toFixed(0)} s): ${method}.`)
  return lines.join('\n')
}

function machineText(machine: Machine): string {
  const { processor, cores, memoryGB, system, node, v8, onnxRuntime, millrace, commit, load } =
    machine
  const busy =
    load > cores / 4 ? `; ${pc.yellow(`others kept it busy: load ${load} at the start`)}` : ''
  return (
    `${cores} cores of ${processor}, ${memoryGB} GB, ${system}\n` +
    `Node ${node} (V8 ${v8}), ONNX Runtime ${onnxRuntime}, millrace ${millrace} at ${commit}${busy}`
  )
}

function row(figure: Figure, wide: number): string {
  const { what, measured, unit, aim } = figure
  const left = `${what.padEnd(wide)}${numberText(measured).padStart(NUMBER)}`
  if (aim === undefined) return `${left}${''.padStart(NUMBER + 2)}  ${unit}`
  const to = `${aim.at === 'least' ? '>=' : '<='} ${numberText(aim.value)}`
  const verdict = isMet(figure) ? pc.green('met') : pc.red('missed')
  return `${left}${to.padStart(NUMBER + 2)}  ${unit.padEnd(10)}${verdict}`
}

/** Three digits that say something. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return '?'
  const size = Math.abs(value)
  if (Number.isInteger(value) || size >= 1000) return Math.round(value).toLocaleString('en')
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)
}
