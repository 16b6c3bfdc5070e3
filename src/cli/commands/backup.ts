// `millrace backup`: a consistent copy of a log, also while a run goes on.
import { answer, examples, jsonOption, logOption, type Program } from '../program.ts'
import { BYTES_TEXTS } from '../terminal/bytes-text.ts'
import { withProgress } from '../terminal/live-progress.ts'

interface BackupFlags {
  readonly log: string
  readonly to: string
  readonly json: boolean
}

export function addBackup(program: Program): void {
  const { around } = program
  program.root
    .command('backup')
    .description('copy the log as it is at one commit, also while a run goes on')
    .addOption(logOption())
    .requiredOption(
      '--to <place>',
      'a folder, which is brought up to date, or a new file that ends in .tar',
    )
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, around))
    .action(async ({ log, to, json }: BackupFlags) => {
      const backup = await around.load('backup')
      const result = await withProgress(program.around, BYTES_TEXTS, (progress) =>
        backup({ log, to, ...progress }),
      )
      answer(program, result, { json })
    })
}

const EXAMPLES = [
  ['millrace backup --log ./data --to /backups/fraud', 'the second time it copies what is new'],
  ['millrace backup --log ./data --to fraud.tar', 'all of it, in one file'],
] as const
