// The report of a run for a person: sections of aligned figures, months as a table, what to do next. Pure.
import { bar, sparkline } from './bars.ts'
import { explanationLines } from './explanation-text.ts'
import {
  bytesText,
  countText,
  countedText,
  metricText,
  secondsText,
  shareText,
} from '../../base/figures.ts'
import type { MeasureKind, MonthReport, VersionReport } from '../../contracts/run-report.ts'
import { driftText } from './drift-text.ts'
import { gain, qualityColumns } from './quality-text.ts'
import { balances, type Balance, type RunReport } from './run-report.ts'
import { fitted, type Style } from './style.ts'
import { table, type Side } from './table.ts'

const FIGURES: readonly Side[] = ['left', 'right', 'left']
const EQUATIONS: readonly Side[] = ['right', 'left', 'left']
const QUALITY: readonly Side[] = ['left', ...Array<Side>(7).fill('right')]

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
    ['Its other versions', versionLines(report, style)],
    ['The models beside it', otherModelLines(report, style)],
    ['What was learnt in the stream', table(learningLines(report, style), FIGURES, inside)],
    ['What changed', table(driftLines(report, style), FIGURES, inside)],
    ['What hung', table(quarantineCells(report, style), FIGURES, inside)],
    ['Month by month', monthLines(report.model?.measure, months, style)],
    ...report.otherModels.map(
      ({ name, measure, months: own }) =>
        [`Month by month: ${name}`, monthLines(measure, own, style)] as const,
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
    ...(report.models > 0 ? [['predictions', predictionsText(report)]] : []),
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
    ['labels that measure nothing', labels.unmeasured],
    ['predictions still waiting', labels.pending],
  ]
  rows.push(['labels joined', countText(labels.joined)])
  for (const [name, count] of rest) if (count > 0) rows.push([name, countText(count)])
  return rows
}

function predictionsText({ predictions, models }: RunReport): string {
  const count = countText(predictions)
  return models === 1 ? count : `${count} by each of ${models} models`
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
  if (model.judged === 0)
    return [
      [
        model.versions.length > 1
          ? `nobody knows yet of version ${shortVersion(model.version)}: it has no labels`
          : 'nobody knows yet: no prediction has its label',
      ],
    ]
  return [
    ...FIGURE_LINES[model.measure](model),
    ...(model.versions.length > 1
      ? [['judged', countText(model.judged), `version ${shortVersion(model.version)}`]]
      : []),
  ]
}

const FIGURE_LINES: Readonly<
  Record<MeasureKind, (model: Omit<VersionReport, 'months'>) => string[][]>
> = {
  probability: ({ auc, logLoss, baseRateLogLoss, brier }) => [
    ['AUC', metricText(auc), '0.5 is chance, 1 is perfect'],
    [
      'log loss',
      metricText(logLoss),
      `always saying the base rate: ${metricText(baseRateLogLoss)}`,
    ],
    ['Brier score', metricText(brier), ''],
  ],
  classes: ({ accuracy, baseAccuracy, kappa, f1Macro, logLoss, baseRateLogLoss }) => [
    [
      'accuracy',
      metricText(accuracy),
      `always saying the most frequent: ${metricText(baseAccuracy)}`,
    ],
    ['kappa', metricText(kappa), '0 is chance, 1 is perfect'],
    ['F1, mean of classes', metricText(f1Macro), ''],
    ...(logLoss === undefined
      ? []
      : [
          [
            'log loss',
            metricText(logLoss),
            `always saying the shares: ${metricText(baseRateLogLoss)}`,
          ],
        ]),
  ],
  numbers: ({ mae, rmse, baseRmse, r2 }) => [
    ['RMSE', metricText(rmse), `always saying the mean: ${metricText(baseRmse)}`],
    ['MAE', metricText(mae), ''],
    ['R2', metricText(r2), '0 is the mean, 1 is perfect'],
  ],
  rewards: ({ reward, chanceReward }) => [
    ['reward', metricText(reward), `choosing by chance: ${metricText(chanceReward)}`],
  ],
}

function versionLines({ model }: RunReport, style: Style): string[] {
  const others = model?.versions.slice(1) ?? []
  return model === undefined
    ? []
    : qualityTable(
        model.measure,
        others.map((other) => ({ ...other, name: shortVersion(other.version) })),
        style,
      )
}

/** A table for each way to measure. */
function otherModelLines({ otherModels }: RunReport, style: Style): string[] {
  return [...Map.groupBy(otherModels, ({ measure }) => measure)].flatMap(([measure, models]) =>
    qualityTable(measure, models, style),
  )
}

function qualityTable(
  measure: MeasureKind,
  versions: readonly (VersionReport & { readonly name: string })[],
  style: Style,
): string[] {
  if (versions.length === 0) return []
  const columns = qualityColumns(measure)
  const head = ['', 'judged', ...columns.map((column) => column.head)]
  const rows = versions.map((version) => [
    version.name,
    countText(version.judged),
    ...columns.map(({ of }) => of(version)),
  ])
  return table([head.map(style.dim), ...rows], QUALITY)
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

/** So many drifts are shown. */
const DRIFTS_MAX = 12

/** What is watched of each model, and the newest drifts. */
function driftLines({ drifts }: RunReport, style: Style): string[][] {
  const all = drifts.flatMap(({ newest }) => newest)
  const newest = all.toSorted((a, b) => (a.at < b.at ? -1 : 1)).slice(-DRIFTS_MAX)
  return [
    ...drifts.map(({ model, count }) => [model, countedText(count, 'drift'), '']),
    ...newest.map((event) => [style.dim(event.at.slice(0, 16)), event.model, driftText(event)]),
  ]
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

function monthLines(
  measure: MeasureKind | undefined,
  months: readonly MonthReport[],
  style: Style,
): string[] {
  if (measure === undefined || months.length === 0) return []
  const columns = qualityColumns(measure)
  const hasShare = measure === 'probability'
  const barWidth = Math.min(BAR_MAX, Math.max(BAR_MIN, style.width - BESIDE_BAR))
  const gains = months.map((month) => gain(measure, month))
  const most = Math.max(...gains.map((each) => each ?? 0))
  const head = [
    '',
    'judged',
    ...(hasShare ? ['positive'] : []),
    ...columns.map((column) => column.head),
    'better by',
  ]
  const rows = months.map((month, i) => {
    const better = gains[i]
    const picture =
      better === undefined
        ? ''
        : `${style.accent(bar(most <= 0 ? 0 : better / most, barWidth))} ${shareText(better)}`
    const share = month.positives === undefined ? '-' : shareText(month.positives)
    return [
      month.month,
      countText(month.count),
      ...(hasShare ? [share] : []),
      ...columns.map(({ of }) => of(month)),
      picture,
    ]
  })
  const sides = head.map((_, i): Side => (i === 0 || i === head.length - 1 ? 'left' : 'right'))
  return table([head.map(style.dim), ...rows, ...trend(measure, months, style)], sides)
}

const TREND: Readonly<
  Record<Exclude<MeasureKind, 'probability'>, (month: MonthReport) => number | undefined>
> = {
  classes: ({ accuracy }) => accuracy,
  numbers: ({ mae }) => mae,
  rewards: ({ reward }) => reward,
}

function trend(measure: MeasureKind, months: readonly MonthReport[], style: Style): string[][] {
  if (months.length < 3) return []
  const lines =
    measure === 'probability'
      ? [
          sparkline(months.map((month) => month.positives)),
          sparkline(months.map((month) => month.auc)),
        ]
      : [sparkline(months.map(TREND[measure]))]
  return [['trend', '', ...lines].map(style.dim)]
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
