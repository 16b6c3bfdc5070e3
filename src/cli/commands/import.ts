// `millrace import FILE... --to TOPIC`: files into a topic, with a bar; stopped or killed and called again, it goes on where it was.
import { InvalidArgumentError, Option } from 'commander'
import { answer, examples, jsonOption, logOption, wholeNumber, type Program } from '../program.ts'
import { withProgress } from '../terminal/live-progress.ts'
import { TRANSFER_TEXTS } from '../terminal/transfer-progress.ts'

interface ImportFlags {
  readonly log: string
  readonly to: string
  readonly file?: string
  readonly format?: 'csv' | 'jsonl' | 'parquet'
  readonly partitions?: number
  readonly key?: string
  readonly time?: string
  readonly types?: readonly string[]
  readonly delimiter?: string
  readonly columns?: readonly string[]
  readonly timestamps?: 'iso' | 'ms'
  readonly strict: boolean
  readonly end: boolean
  readonly json: boolean
}

export function addImport(program: Program): void {
  const { around } = program
  program.root
    .command('import <files...>')
    .description('copy files of CSV, JSON lines or Parquet into a topic, each once')
    .requiredOption('--to <topic>', 'the topic')
    .addOption(logOption())
    .option(
      '--file <file>',
      'a definition: key, time and types are those of its stream of this topic',
    )
    .addOption(formatOption())
    .option('--partitions <n>', 'make the topic, where it is missing, with so many', wholeNumber)
    .option('--key <field>', 'the field that decides the partition')
    .option('--time <field>', 'the field with the time of the event (default: now)')
    .option('--types <column=type...>', 'CSV: number, boolean, string or json', listed)
    .option('--delimiter <character>', 'CSV: what lies between cells', oneCharacter)
    .option('--columns <names...>', 'CSV without a header: the names of its columns', listed)
    .addOption(
      new Option('--timestamps <as>', 'Parquet: ISO texts, or ms since 1970').choices([
        'iso',
        'ms',
      ]),
    )
    .option('--strict', 'end at a line that is not what the format promises', false)
    .option('--end', 'say that nothing will ever come after these', false)
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, around))
    .action((files: readonly string[], flags: ImportFlags) => importThem(program, files, flags))
}

const EXAMPLES = [
  [
    'millrace import payments.csv --to payments --key card --time at',
    'types by what cells look like',
  ],
  [
    'millrace import 2001.csv.gz 2002.csv.gz --to payments --file fraud.ts --end',
    'as the stream has them, to their end',
  ],
] as const

export function formatOption(): Option {
  return new Option('--format <format>', 'of the file (default: by the end of its name)').choices([
    'csv',
    'jsonl',
    'parquet',
  ])
}

function listed(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').filter((each) => each !== '')]
}

function oneCharacter(text: string): string {
  const character = text === '\\t' ? '\t' : text
  if (character.length === 1) return character
  throw new InvalidArgumentError(`It must be one character, or \\t; found '${text}'.`)
}

async function importThem(
  program: Program,
  files: readonly string[],
  flags: ImportFlags,
): Promise<void> {
  const { around } = program
  const importFiles = await around.load('importFiles')
  const { to, file, types = [], ...rest } = flags
  const result = await withProgress(around, TRANSFER_TEXTS, (progress) =>
    importFiles({
      ...DEFAULTS,
      ...rest,
      files,
      topic: to,
      definition: file,
      types,
      ...progress,
    }),
  )
  answer(program, result, flags)
}

/** What flags that were not given mean. */
const DEFAULTS = {
  format: undefined,
  partitions: undefined,
  key: undefined,
  time: undefined,
  delimiter: undefined,
  columns: undefined,
  timestamps: undefined,
}
