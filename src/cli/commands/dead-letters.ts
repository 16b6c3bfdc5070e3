// `millrace dead-letters`: events that could not be taken, why, and trying them again.
import type { Command } from 'commander'
import {
  answer,
  examples,
  fileOption,
  jsonOption,
  logOption,
  showValuesOption,
  wholeNumber,
  type Program,
} from '../program.ts'

interface ListFlags {
  readonly log: string
  readonly file?: string
  readonly limit: number
  readonly showValues: boolean
  readonly json: boolean
}

interface RetryFlags {
  readonly log: string
  readonly file?: string
  readonly reason?: string
  readonly dryRun: boolean
  readonly yes: boolean
  readonly json: boolean
}

export function addDeadLetters(program: Program): void {
  const letters = program.root
    .command('dead-letters')
    .description('list events that could not be taken, and try them again')
    .addHelpText('after', examples(EXAMPLES, program.around))
  addList(program, letters)
  addRetry(program, letters)
}

const EXAMPLES = [
  ['millrace dead-letters list --log ./data', 'reason and origin of each'],
  ['millrace dead-letters list --show-values', 'and the bytes of the events'],
  ['millrace dead-letters retry --dry-run', 'which windows can still take them'],
  ['millrace dead-letters retry --reason delayMinutes', 'only those, after the schema was mended'],
] as const

function addList(program: Program, letters: Command): void {
  letters
    .command('list')
    .description('reason and origin of the newest dead letters')
    .addOption(logOption())
    .addOption(fileOption())
    .option('--limit <n>', 'how many at most', wholeNumber, 20)
    .addOption(showValuesOption())
    .addOption(jsonOption())
    .action(async (flags: ListFlags) => {
      const list = await program.around.load('listDeadLetters')
      const { log, file, limit, showValues } = flags
      answer(program, await list({ log, file, limit, showValues }), flags)
    })
}

function addRetry(program: Program, letters: Command): void {
  letters
    .command('retry')
    .description('append dead letters to their topic again; one that was retried is left out')
    .addOption(logOption())
    .addOption(fileOption())
    .option('--reason <text>', 'only letters whose reason has this text')
    .option(
      '--dry-run',
      'only say what would be done, and which windows can still take them',
      false,
    )
    .option('--yes', 'also where some come too late, or would count twice', false)
    .addOption(jsonOption())
    .action(async (flags: RetryFlags) => {
      const retry = await program.around.load('retryDeadLetters')
      const { log, file, reason, dryRun, yes } = flags
      answer(program, await retry({ log, file, reason, dryRun, yes }), flags)
    })
}
