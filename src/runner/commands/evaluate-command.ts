// `millrace evaluate`.
import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { DefinitionError } from '../../base/errors.ts'
import { countedText, countText, metricText } from '../../base/figures.ts'
import type { Answer, EvaluateCommand, EvaluationDetector } from '../../contracts/commands.ts'
import type { Detector } from '../../contracts/detector.ts'
import { Adwin } from '../../learning/drift/adwin.ts'
import { Ddm } from '../../learning/drift/ddm.ts'
import { Eddm } from '../../learning/drift/eddm.ts'
import { HddmA } from '../../learning/drift/hddm-a.ts'
import { HddmW } from '../../learning/drift/hddm-w.ts'
import { Kswin } from '../../learning/drift/kswin.ts'
import { PageHinkley } from '../../learning/drift/page-hinkley.ts'
import { Evaluation, type EvaluationReport } from '../../learning/evaluation/evaluation.ts'
import { evaluatedModel, type EvaluatedModel } from '../evaluation/evaluated-model.ts'
import { evaluationPlot } from '../evaluation/evaluation-plot.ts'
import { RowBuffer } from '../evaluation/row-buffer.ts'
import { evaluateFile } from '../evaluation/rows-of-file.ts'
import { evaluateLog } from '../evaluation/rows-of-log.ts'
import { loadDefinition, type Definition } from '../load-definition.ts'
import { learntSnapshot } from '../versions/learnt-snapshot.ts'
import { withLogToRead } from '../with-log.ts'

const DETECTORS: Readonly<Record<EvaluationDetector, () => Detector>> = {
  adwin: () => new Adwin(),
  ddm: () => new Ddm(),
  eddm: () => new Eddm(),
  'hddm-a': () => new HddmA(),
  'hddm-w': () => new HddmW(),
  kswin: () => new Kswin(),
  'page-hinkley': () => new PageHinkley(),
}

/** How metrics are called, in the order in which they are shown. The first one is drawn where none is asked for. */
const NAMES: Readonly<Record<EvaluationReport['task'], Readonly<Record<string, string>>>> = {
  classes: {
    accuracy: 'accuracy',
    kappa: 'kappa',
    kappaT: 'kappa-T',
    f1Macro: 'F1, macro',
    f1Micro: 'F1, micro',
    mcc: 'MCC',
    gMean: 'G-mean',
    balancedAccuracy: 'balanced accuracy',
    logLoss: 'log loss',
    brier: 'Brier score',
    calibrationError: 'calibration error',
    auc: 'ROC AUC',
    averagePrecision: 'average precision',
  },
  number: { mae: 'MAE', rmse: 'RMSE', r2: 'R2', smape: 'SMAPE, %', bias: 'bias' },
}

export async function evaluate(options: EvaluateCommand): Promise<Answer> {
  const definition = await loadDefinition(options.file)
  const model = evaluatedModel(definition.plan, options.model)
  const { learner } = model
  const names = learner.task === 'number' ? NAMES.number : NAMES.classes
  const figure = options.figure ?? Object.keys(names)[0]
  if (names[figure] === undefined) {
    throw new DefinitionError(
      `a plot of '${learner.kind}' can show ${Object.keys(names).join(', ')}; found --figure ${figure}; take one of these`,
      { code: 'ML_USAGE' },
    )
  }
  const from = await begin(options, definition, model)
  const detector = options.detector && DETECTORS[options.detector]()
  const { window } = options
  const evaluation = new Evaluation({ learner, window, ...(detector && { detector }) })
  const buffer = new RowBuffer(evaluation, model.features.length)
  const on = await evaluateRows({ options, definition, model }, buffer)
  const report = evaluation.finish()
  const title = `${learner.kind}: model ${model.name} on ${on}`
  const begins =
    from === undefined
      ? 'begins with a learner that knows nothing; --from newest with what a run has learnt'
      : `begins with snapshot ${countText(from.snapshot)}, which has learnt ${countedText(from.examples, 'example')} of ${options.log}`
  if (options.plot !== undefined) {
    await writeFile(options.plot, evaluationPlot(report, { title, figure, name: names[figure] }))
  }
  const { pipeline } = definition.plan
  const { plot } = options
  return {
    ok: true,
    data: { pipeline, model: model.name, features: model.features, on, from, ...report, plot },
    lines: [
      title,
      `  ${begins}`,
      ...lines(report, names),
      ...(plot === undefined ? [] : [`  plot of ${names[figure]} in ${plot}`]),
    ],
  }
}

/** What it had learnt of the log's run where it begins with that. The rows of that log are those it knows: on them it would judge itself. */
async function begin(
  { from, on, log: url }: EvaluateCommand,
  { plan: { pipeline } }: Definition,
  { name, learner }: EvaluatedModel,
): Promise<{ readonly snapshot: number; readonly examples: number } | undefined> {
  if (from === undefined) return undefined
  if (on === undefined)
    throw new DefinitionError(
      `a learner that has learnt the rows of a log cannot be judged on them: expected --on with a file of others, found --from ${from} alone; give one, or leave --from out`,
      { code: 'ML_USAGE' },
    )
  const wanted = from === 'newest' ? undefined : from
  const { number, place, bytes } = await withLogToRead(url, async (log) =>
    learntSnapshot(log, { pipeline, model: name, wanted, option: '--from' }),
  )
  learner.restore(bytes)
  return { snapshot: number, examples: place.examples }
}

interface Evaluated {
  readonly options: EvaluateCommand
  readonly definition: Definition
  readonly model: EvaluatedModel
}

/** @returns what the rows were of. */
async function evaluateRows(of: Evaluated, buffer: RowBuffer): Promise<string> {
  const { options, definition, model } = of
  const { on, delay, signal, onProgress } = options
  if (on === undefined) {
    if (delay !== undefined && 'rows' in delay)
      throw new DefinitionError(
        `events of a log have times: expected --delay as a time, such as 7d, found ${delay.rows} rows; leave it out for labels when they came`,
        { code: 'ML_USAGE' },
      )
    const near = options.plot ?? 'evaluation'
    await withLogToRead(options.log, async (log) =>
      evaluateLog({ definition, log, model, near, delay: delay?.ms, signal, onProgress }, buffer),
    )
    return options.log
  }
  const { format, label, positive, time } = options
  if (delay !== undefined && 'ms' in delay && time === undefined)
    throw new DefinitionError(
      'rows without a time cannot be late by one: expected --time with the column of it, found none; name it, or give --delay in rows',
      { code: 'ML_USAGE' },
    )
  if (delay !== undefined && 'rows' in delay && time !== undefined)
    throw new DefinitionError(
      'rows with a time are late by a time: expected --delay such as 7d, found rows; give it so, or leave --time out',
      { code: 'ML_USAGE' },
    )
  const late = delay === undefined ? 0 : 'rows' in delay ? delay.rows : delay.ms
  const file = { path: on, format, features: model.features, label, positive, time, delay: late }
  await evaluateFile({ ...file, signal, onProgress }, buffer)
  return basename(on)
}

const SHOWN_DRIFTS = 10

function lines(report: EvaluationReport, names: Readonly<Record<string, string>>): string[] {
  const { rows, judged, unlabelled, refused, unlearnt, drifts, driftsKeptBack } = report
  const odd = [
    ...(unlabelled > 0 ? [`${countText(unlabelled)} without a label`] : []),
    ...(refused > 0 ? [`${countText(refused)} that cannot be learnt`] : []),
    ...(unlearnt > 1 ? [`${countText(unlearnt)} whose label came after the last row`] : []),
  ]
  const known = Object.entries(names).filter(([figure]) => report.overall[figure] !== undefined)
  const width = Math.max(0, ...known.map(([, name]) => name.length))
  const cell = (value: number | undefined): string => metricText(value).padStart(12)
  const window = `newest ${countText(Math.min(judged, report.windowRows))}`
  const more = drifts.length - SHOWN_DRIFTS
  return [
    `  ${countedText(rows, 'row')}, ${countText(judged)} judged${odd.map((each) => `, ${each}`).join('')}`,
    ...(known.length === 0
      ? []
      : [`  ${''.padEnd(width)}${'all rows'.padStart(12)}  ${window.padStart(12)}`]),
    ...known.map(
      ([figure, name]) =>
        `  ${name.padEnd(width)}${cell(report.overall[figure])}  ${cell(report.window[figure])}`,
    ),
    ...(report.detector === undefined
      ? []
      : [
          `  ${report.detector} told ${countedText(drifts.length, 'drift')}${driftsKeptBack > 0 ? `, and ${countText(driftsKeptBack)} more within a window after one` : ''}`,
        ]),
    ...drifts
      .slice(0, SHOWN_DRIFTS)
      .map(
        ({ judged: row, direction }) =>
          `    at row ${countText(row)}${direction === 0 ? '' : direction === 1 ? ': errors rose' : ': errors fell'}`,
      ),
    ...(more > 0 ? [`    and ${countText(more)} more`] : []),
  ]
}
