// `millrace evaluate FILE`: a pipeline's learner judged as it learns, on the topics of a log or on a file, as a table and a picture.
import { InvalidArgumentError, Option } from 'commander'
import { EVALUATION_DETECTORS, type EvaluateCommand } from '../../contracts/commands.ts'
import {
  answer,
  duration,
  examples,
  jsonOption,
  logOption,
  wholeNumber,
  writableFile,
  type Program,
} from '../program.ts'
import { withProgress } from '../terminal/live-progress.ts'
import { SHARE_TEXTS } from '../terminal/bytes-text.ts'
import { formatOption } from './import.ts'

interface EvaluateFlags {
  readonly log: string
  readonly model?: string
  readonly on?: string
  readonly format?: 'csv' | 'jsonl' | 'parquet'
  readonly label: string
  readonly positive?: string
  readonly time?: string
  readonly delay?: EvaluateCommand['delay']
  readonly from?: EvaluateCommand['from']
  readonly window: number
  readonly drift: EvaluateCommand['detector'] | 'none'
  readonly plot?: string
  readonly figure?: string
  readonly json: boolean
}

export function addEvaluate(program: Program): void {
  const { around } = program
  program.root
    .command('evaluate <file>')
    .description('judge a learner as it learns: every row predicted before its label is known')
    .addOption(logOption())
    .option('--model <name>', 'which model, where several learn')
    .option('--on <rows>', 'a file with a column a feature and a label (default: the log)')
    .addOption(formatOption())
    .option('--label <column>', 'the column of the label', 'label')
    .option('--positive <value>', 'the value of the label that is class 1')
    .option('--time <column>', 'the column of the time, which never falls')
    .option(
      '--delay <rows|time>',
      'how late labels come, 1000 or 7d (default: at once; of a log, when they came)',
      late,
    )
    .option(
      '--from <snapshot>',
      'begin with what the run of --log had learnt: newest, or the number of a snapshot (default: a learner that knows nothing)',
      snapshot,
    )
    .option('--window <rows>', 'rows that a windowed metric is of', wholeNumber, 1000)
    .addOption(
      new Option('--drift <detector>', 'told every error')
        .choices([...EVALUATION_DETECTORS, 'none'])
        .default('adwin'),
    )
    .option('--plot <file>', 'draw the windowed metric with the drifts, as SVG', svgFile)
    .option('--figure <metric>', 'what is drawn (default: accuracy, or mae)')
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, around))
    .action((file: string, flags: EvaluateFlags) => evaluateIt(program, file, flags))
}

async function evaluateIt(program: Program, file: string, flags: EvaluateFlags): Promise<void> {
  const { around } = program
  const evaluate = await around.load('evaluate')
  const { log, model, on, format, label, positive, time, delay, from, window, drift } = flags
  const { plot, figure } = flags
  const detector = drift === 'none' ? undefined : drift
  const rows = { on, format, label, positive, time, delay }
  const result = await withProgress(around, SHARE_TEXTS, (progress) =>
    evaluate({ file, log, model, ...rows, from, window, detector, plot, figure, ...progress }),
  )
  answer(program, result, flags)
}

function late(text: string): EvaluateCommand['delay'] {
  if (/^\d+$/.test(text)) return { rows: Number(text) }
  return { ms: duration(text) }
}

function snapshot(text: string): 'newest' | number {
  return text === 'newest' ? text : wholeNumber(text)
}

function svgFile(path: string): string {
  if (path.endsWith('.svg')) return writableFile(path)
  throw new InvalidArgumentError(
    `It is an SVG file, and its name must end in .svg; found '${path}'.`,
  )
}

const EXAMPLES = [
  [
    'millrace evaluate fraud.ts --log ./data --plot fraud.svg',
    'on the topics of the log, labels when they came',
  ],
  [
    'millrace evaluate fraud.ts --on rows.parquet --delay 7d --time time',
    'on a training set, labels a week late',
  ],
  [
    'millrace evaluate fraud.ts --on rows.parquet --from newest --log ./data',
    'on rows that the run of the log has not learnt, by what it has',
  ],
] as const
