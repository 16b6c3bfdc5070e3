// The report of a run for a person: sections of aligned figures, months as a table, what to do next. Pure.
import { bar, sparkline } from './bars.ts'
import { explanationLines } from './explanation-text.ts'
import { bytesText, countText, metricText, secondsText, shareText } from '../../base/figures.ts'
import { balances, type Balance, type MonthReport, type RunReport } from './run-report.ts'
import { fitted, type Style } from './style.ts'
import { table, type Side } from './table.ts'

const FIGURES: readonly Side[] = ['left', 'right', 'left']
const EQUATIONS: readonly Side[] = ['right', 'left', 'left']
const VERSIONS: readonly Side[] = ['left', 'right', 'right', 'right', 'right']
const MONTHS: readonly Side[] = ['left', 'right', 'right', 'right', 'right', 'right', 'left']

/** Rates of fewer events are those of starting and stopping. */
const RATED_FROM = 1000

const INDENT = '    '

export interface NextCommand {
  readonly command: string
  readonly shows: string
}

/** @param next commands to try, each with what it shows. */
export function reportLines(
  report: RunReport,
  style: Style,
  next: readonly NextCommand[] = [],
): string[] {
  const { months, explained } = report
  const inside = { ...style, width: style.width - INDENT.length }
  const equations = balances(report).map(balanceCells(style))
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ['What came in', table(streamLines(report, style), FIGURES, inside)],
    ['What came out', table(outputLines(report, style), FIGURES)],
    ['Does it balance?', table(equations, EQUATIONS, inside)],
    ['How good is the model?', table(modelLines(report), FIGURES, inside)],
    ['Its other versions', table(versionLines(report, style), VERSIONS)],
    ['The models beside it', table(otherModelLines(report, style), VERSIONS)],
    ['What was learnt in the stream', table(learningLines(report, style), FIGURES, inside)],
    ['What hung', table(quarantineCells(report, style), FIGURES, inside)],
    ['Month by month', table(monthLines(months, style), MONTHS)],
    ...report.otherModels.map(
      (other) =>
        [`Month by month: ${other.name}`, table(monthLines(other.months, style), MONTHS)] as const,
    ),
    ['What it cost', table(costLines(report), FIGURES, inside)],
    [
      'One prediction, from its receipt',
      explained === undefined ? [] : explanationLines(explained, inside),
    ],
  ]
  return sections
    .filter(([, lines]) => lines.length > 0)
    .flatMap(([title, lines]) => [
      '',
      `  ${style.bold(title)}`,
      ...lines.map((line) => INDENT + line),
    ])
    .map((line) => fitted(line, style.width))
    .concat(nextLines(next, style))
}

/** Commands to copy: each whole on a line of its own, however narrow the window. */
function nextLines(next: readonly NextCommand[], style: Style): string[] {
  if (next.length === 0) return []
  return [
    '',
    `  ${style.bold('Try next')}`,
    ...next.flatMap(({ command, shows }) => [
      `${INDENT}${style.accent(command)}`,
      `${INDENT}  ${style.dim(shows)}`,
    ]),
  ]
}

function streamLines(report: RunReport, style: Style): string[][] {
  const read = report.streams.map(({ name, records, bad, late, ahead, filtered }) => {
    const aside = [
      ...(bad > 0 ? [`${countText(bad)} bad: in the dead letters`] : []),
      ...(late > 0 ? [`${countText(late)} late`] : []),
      ...(ahead > 0 ? [`${countText(ahead)} ahead of time`] : []),
    ].join(', ')
    const out = filtered > 0 ? [`${countText(filtered)} filtered out`] : []
    return [
      name,
      countText(records),
      [...(aside === '' ? [] : [style.warn(aside)]), ...out].join(', '),
    ]
  })
  const made = report.derived.map(({ name, of, events }) => [
    name,
    countText(events),
    `made of ${of.join(', ')}`,
  ])
  return [...read, ...made]
}

function outputLines(report: RunReport, style: Style): string[][] {
  const { labels } = report
  const rows = [
    ...(report.models > 0 ? [['predictions', countText(report.predictions)]] : []),
    ...(report.unpredicted > 0
      ? [['not predicted', style.warn(countText(report.unpredicted))]]
      : []),
    ['records emitted', countText(report.recordsEmitted)],
    ['dead letters', countText(report.deadLetters)],
  ]
  if (labels === undefined) return rows
  const rest: readonly [string, number][] = [
    ['labels expired', labels.expired],
    ['labels without a prediction', labels.orphaned],
    ['labels that came twice', labels.duplicate],
    ['labels that were revised', labels.revised],
    ['predictions of an id that was there', labels.repeated],
    ['labels that are neither 0 nor 1, not measured', labels.unmeasured],
    ['predictions still waiting', labels.pending],
  ]
  rows.push(['labels joined', countText(labels.joined)])
  for (const [name, count] of rest) if (count > 0) rows.push([name, countText(count)])
  return rows
}

function balanceCells(style: Style): (balance: Balance) => string[] {
  return ({ left, leftIs, right, holds }) => {
    const there = right.some(([count]) => count !== 0)
      ? right.filter(([count]) => count !== 0)
      : right.slice(0, 1)
    const sum = there.map(([count, is]) => `${countText(count)} ${is}`).join(' + ')
    return [countText(left), leftIs, `${holds ? style.good('=') : style.bad('is not')} ${sum}`]
  }
}

function modelLines({ model }: RunReport): string[][] {
  if (model === undefined) return []
  if (model.logLoss === undefined)
    return [
      [
        model.versions.length > 1
          ? `nobody knows yet of version ${shortVersion(model.version)}: it has no labels`
          : 'nobody knows yet: no prediction has its label',
      ],
    ]
  return [
    ['AUC', metricText(model.auc), '0.5 is chance, 1 is perfect'],
    [
      'log loss',
      metricText(model.logLoss),
      `always saying the base rate: ${metricText(model.baseRateLogLoss)}`,
    ],
    ['Brier score', metricText(model.brier), ''],
    ...(model.versions.length > 1
      ? [['judged', countText(model.judged), `version ${shortVersion(model.version)}`]]
      : []),
  ]
}

function versionLines({ model }: RunReport, style: Style): string[][] {
  const others = model?.versions.slice(1) ?? []
  if (others.length === 0) return []
  const head = ['', 'judged', 'AUC', 'log loss', 'base rate']
  const rows = others.map(({ version, judged, auc, logLoss, baseRateLogLoss }) => [
    shortVersion(version),
    countText(judged),
    metricText(auc, 3),
    metricText(logLoss),
    metricText(baseRateLogLoss),
  ])
  return [head.map(style.dim), ...rows]
}

function otherModelLines({ otherModels }: RunReport, style: Style): string[][] {
  if (otherModels.length === 0) return []
  const head = ['', 'judged', 'AUC', 'log loss', 'base rate']
  const rows = otherModels.map(({ name, judged, auc, logLoss, baseRateLogLoss }) => [
    name,
    countText(judged),
    metricText(auc, 3),
    metricText(logLoss),
    metricText(baseRateLogLoss),
  ])
  return [head.map(style.dim), ...rows]
}

function learningLines({ learning }: RunReport, style: Style): string[][] {
  return learning.map(({ model, learnt, refused, snapshots, snapshotBytes }) => [
    model,
    `${countText(learnt)} examples`,
    [
      `${countText(snapshots)} snapshots, ${bytesText(snapshotBytes)}`,
      ...(refused === 0 ? [] : [style.warn(`${countText(refused)} refused`)]),
    ].join('; '),
  ])
}

function shortVersion(version: string): string {
  return version.slice(0, 16)
}

function quarantineCells({ quarantined }: RunReport, style: Style): string[][] {
  return quarantined.map(({ model, hangs, paused }) => [
    model,
    `${countText(hangs)} times`,
    `${style.bad(paused ? 'paused' : 'its fallback stands in')} until millrace resume ${model}`,
  ])
}

const BAR_MAX = 16
const BAR_MIN = 4
/** Columns of a month's line before and after its bar. */
const BESIDE_BAR = 70

function monthLines(months: readonly MonthReport[], style: Style): string[][] {
  if (months.length === 0) return []
  const barWidth = Math.min(BAR_MAX, Math.max(BAR_MIN, style.width - BESIDE_BAR))
  const gains = months.map(gain)
  const most = Math.max(...gains.map((each) => each ?? 0))
  const head = ['', 'judged', 'positive', 'AUC', 'log loss', 'base rate', 'better by']
  const rows = months.map((month, i) => {
    const better = gains[i]
    const picture =
      better === undefined
        ? ''
        : `${style.accent(bar(most <= 0 ? 0 : better / most, barWidth))} ${shareText(better)}`
    return [
      month.month,
      countText(month.count),
      month.positives === undefined ? '-' : shareText(month.positives),
      metricText(month.auc, 3),
      metricText(month.logLoss),
      metricText(month.baseRateLogLoss),
      picture,
    ]
  })
  return [head.map(style.dim), ...rows, ...trend(months, style)]
}

function trend(months: readonly MonthReport[], style: Style): string[][] {
  if (months.length < 3) return []
  return [
    [
      'trend',
      '',
      sparkline(months.map((month) => month.positives)),
      sparkline(months.map((month) => month.auc)),
    ].map(style.dim),
  ]
}

/** By how much of the base rate's log loss the model's is less. */
function gain({ logLoss, baseRateLogLoss }: MonthReport): number | undefined {
  if (logLoss === undefined || baseRateLogLoss === undefined || baseRateLogLoss === 0)
    return undefined
  return 1 - logLoss / baseRateLogLoss
}

function costLines(report: RunReport): string[][] {
  const before = report.eventsBefore
  const all = Object.values(report.events).reduce((sum, count) => sum + count, 0)
  const events = Math.max(0, all - before)
  const { wallSeconds, cpuSeconds } = report
  const rated = events >= RATED_FROM
  const rows = [
    [
      'time',
      secondsText(wallSeconds),
      rated ? `${countText(events / Math.max(wallSeconds, 1e-3))} events/s` : '',
    ],
    [
      'CPU, all processes',
      secondsText(cpuSeconds),
      rated ? `${((cpuSeconds / events) * 1e6).toFixed(1)} us an event` : '',
    ],
    ['memory, all processes', bytesText(report.peakMemoryBytes), 'sum of their peaks'],
    ...(report.bytesWritten === undefined
      ? []
      : [
          [
            'written by this run',
            bytesText(report.bytesWritten),
            'to be durable at once, and to be kept',
          ],
        ]),
    ['on disk', bytesText(report.bytesOnDisk), report.folder],
  ]
  if (before > 0)
    rows.push(['events of this run', countText(events), `earlier runs took ${countText(before)}`])
  if (report.restarts > 0) rows.push(['workers started again', countText(report.restarts), ''])
  return rows
}
