// `millrace dataset FILE`: features and labels as they were served, as a Parquet file to train on.
import { Option } from 'commander'
import { answer, examples, jsonOption, logOption, writableFile, type Program } from '../program.ts'

interface DatasetFlags {
  readonly log: string
  readonly out: string
  readonly as: 'served'
  readonly json: boolean
}

export function addDataset(program: Program): void {
  const { around } = program
  program.root
    .command('dataset <file>')
    .description('write point-in-time features and labels as Parquet')
    .addOption(logOption())
    .addOption(
      new Option('--as <order>', 'whose order of events').choices(['served']).default('served'),
    )
    .requiredOption('--out <file>', 'the Parquet file to write', writableFile)
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, around))
    .action(async (file: string, flags: DatasetFlags) => {
      const dataset = await around.load('dataset')
      const { log, out, as } = flags
      answer(program, await dataset({ file, log, out, as, signal: around.signal }), flags)
    })
}

const EXAMPLES = [
  [
    'millrace dataset fraud.ts --log ./data --out train.parquet',
    'one row a prediction, features byte for byte as in its receipt',
  ],
] as const
