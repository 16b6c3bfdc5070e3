// The curve of an evaluation as a picture: one metric over the window, and marks where errors changed. SVG, made by hand: it opens in any
// browser, and a few lines of it need no library.
import { countText } from '../../base/figures.ts'
import type { EvaluationReport } from '../../learning/evaluation/evaluation.ts'

const WIDTH = 960
const HEIGHT = 420
const LEFT = 70
const RIGHT = 24
const TOP = 64
const BOTTOM = 56
const TICKS = 5

export interface PlotOptions {
  /** What stands above it. */
  readonly title: string
  /** The metric that is drawn, a name of the report's figures. */
  readonly figure: string
  /** How the metric is called. */
  readonly name: string
}

interface Scale {
  readonly least: number
  readonly most: number
  /** Of a value, its place in the picture. */
  readonly at: (value: number) => number
}

/** A document of its own, readable in a light and in a dark page. */
export function evaluationPlot(report: EvaluationReport, options: PlotOptions): string {
  const { figure, name, title } = options
  const points = report.curve.flatMap(({ judged, figures }) =>
    figures[figure] === undefined ? [] : [{ judged, value: figures[figure] }],
  )
  const x = scale(0, Math.max(1, report.judged), [LEFT, WIDTH - RIGHT])
  const y = valueScale([...points.map(({ value }) => value), report.overall[figure] ?? 0])
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    STYLE,
    `<rect class="page" width="${WIDTH}" height="${HEIGHT}"/>`,
    text([LEFT, 24], title, 'title'),
    text([LEFT, 46], subtitle(report, name), 'note'),
    ...grid(x, y),
    ...overallLine(report.overall[figure], y),
    ...report.drifts.map((drift) => driftMark(x.at(drift.judged), drift.direction)),
    `<polyline class="curve" points="${points.map(({ judged, value }) => `${place(x.at(judged))},${place(y.at(value))}`).join(' ')}"/>`,
    text([WIDTH - RIGHT, HEIGHT - 12], 'rows with a label', 'note end'),
    '</svg>',
    '',
  ].join('\n')
}

const STYLE = `<style>
  text { font: 12px system-ui, sans-serif; fill: #222 }
  .title { font-size: 15px; font-weight: 600 }
  .note { fill: #666 }
  .end { text-anchor: end }
  .middle { text-anchor: middle }
  .page { fill: #fff }
  .grid { stroke: #ddd }
  .overall { stroke: #888; stroke-dasharray: 2 4 }
  .curve { fill: none; stroke: #1f6fb2; stroke-width: 1.5 }
  .worse { stroke: #c0392b; stroke-dasharray: 5 3 }
  .better { stroke: #2e8b57; stroke-dasharray: 5 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #eee } .note { fill: #aaa } .page { fill: #1b1b1f } .grid { stroke: #3a3a40 } .curve { stroke: #6cb2eb }
  }
</style>`

function subtitle({ windowRows, drifts, detector }: EvaluationReport, name: string): string {
  const window = `${name} of the newest ${countText(windowRows)} rows; dotted: of all`
  if (detector === undefined) return window
  return `${window}; dashed: ${drifts.length === 1 ? 'a drift' : `${countText(drifts.length)} drifts`} told by ${detector}, red where errors rose`
}

function grid(x: Scale, y: Scale): string[] {
  const lines: string[] = []
  for (let i = 0; i <= TICKS; i++) {
    const value = y.least + ((y.most - y.least) * i) / TICKS
    const height = y.at(value)
    lines.push(
      line([LEFT, height], [WIDTH - RIGHT, height], 'grid'),
      text([LEFT - 8, height + 4], valueText(value, y.most - y.least), 'end'),
    )
    const rows = Math.round((x.most * i) / TICKS)
    lines.push(
      text(
        [x.at(rows), HEIGHT - BOTTOM + 18],
        countText(rows),
        i === 0 ? '' : i === TICKS ? 'end' : 'middle',
      ),
    )
  }
  return lines
}

function overallLine(value: number | undefined, y: Scale): string[] {
  if (value === undefined) return []
  return [line([LEFT, y.at(value)], [WIDTH - RIGHT, y.at(value)], 'overall')]
}

function driftMark(x: number, direction: -1 | 0 | 1): string {
  return line([x, TOP], [x, HEIGHT - BOTTOM], direction === -1 ? 'better' : 'worse')
}

/** With a little room above and below; a value that never changes lies in the middle. */
function valueScale(values: readonly number[]): Scale {
  const least = values.reduce((a, b) => Math.min(a, b), Infinity)
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity)
  const room = most > least ? (most - least) * 0.08 : Math.abs(most) * 0.1 || 1
  return scale(least - room, most + room, [HEIGHT - BOTTOM, TOP])
}

function scale(least: number, most: number, [from, to]: readonly [number, number]): Scale {
  return { least, most, at: (value) => from + ((value - least) / (most - least)) * (to - from) }
}

function line(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  kind: string,
): string {
  return `<line class="${kind}" x1="${place(x1)}" y1="${place(y1)}" x2="${place(x2)}" y2="${place(y2)}"/>`
}

function text([x, y]: readonly [number, number], said: string, kind: string): string {
  return `<text class="${kind}" x="${place(x)}" y="${place(y)}">${escaped(said)}</text>`
}

const place = (value: number): string => String(Math.round(value * 10) / 10)

/** As many decimals as tell the ticks apart. */
function valueText(value: number, range: number): string {
  const decimals = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(range))))
  return value.toFixed(decimals)
}

function escaped(said: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  }
  return said.replaceAll(/[&<>"]/g, (character) => names[character])
}
