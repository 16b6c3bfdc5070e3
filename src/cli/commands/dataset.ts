// `millrace dataset FILE`: features and labels, as they were served or as of event time, as a Parquet file to train on.
import { InvalidArgumentError, Option } from 'commander'
import { formatOfName } from '../../base/file-format.ts'
import type { RangeEnd } from '../../contracts/commands.ts'
import {
  answer,
  examples,
  jsonOption,
  logOption,
  rangeEnd,
  writableFile,
  type Program,
} from '../program.ts'
import { SHARE_TEXTS } from '../terminal/bytes-text.ts'
import { withProgress } from '../terminal/live-progress.ts'

interface DatasetFlags {
  readonly log: string
  readonly out: string
  readonly as: 'served' | 'ideal'
  readonly model?: string
  readonly from?: RangeEnd
  readonly to?: RangeEnd
  readonly json: boolean
}

export function addDataset(program: Program): void {
  const { around } = program
  program.root
    .command('dataset <file>')
    .description('write point-in-time features and labels as Parquet')
    .addOption(logOption())
    .addOption(
      new Option('--as <order>', 'whose order of events')
        .choices(['served', 'ideal'])
        .default('served'),
    )
    .requiredOption('--out <file>', 'the Parquet file to write', parquetFile)
    .option('--model <name>', 'whose features and labels, where the pipeline has several models')
    .option('--from <offset|time>', 'the first: an offset, or an ISO time with its zone', rangeEnd)
    .option('--to <offset|time>', 'up to, but without', rangeEnd)
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, around))
    .action(async (file: string, flags: DatasetFlags) => {
      const dataset = await around.load('dataset')
      const { log, out, as, model, from, to } = flags
      const result = await withProgress(around, SHARE_TEXTS, (progress) =>
        dataset({ file, log, out, as, model, from, to, ...progress }),
      )
      answer(program, result, flags)
    })
}

/** @throws InvalidArgumentError where the name promises another format: who opens it would find Parquet. */
function parquetFile(path: string): string {
  const promised = formatOfName(path)
  if (promised === undefined || promised === 'parquet') return writableFile(path)
  throw new InvalidArgumentError(
    `It is a Parquet file, and its name must not end as one of another format; found '${path}'.`,
  )
}

const EXAMPLES = [
  [
    'millrace dataset fraud.ts --log ./data --out train.parquet',
    'one row a prediction, features byte for byte as in its receipt',
  ],
  [
    'millrace dataset fraud.ts --as ideal --from 2026-01-01T00:00Z --out train.parquet',
    'computed anew with the definition as it is now, every event in its place',
  ],
] as const
