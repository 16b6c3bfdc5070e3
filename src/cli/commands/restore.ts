// `millrace restore BACKUP`: makes a log's folder of a backup.
import { answer, examples, jsonOption, logOption, type Program } from '../program.ts'
import { BYTES_TEXTS } from '../terminal/bytes-text.ts'
import { withProgress } from '../terminal/live-progress.ts'

interface RestoreFlags {
  readonly log: string
  readonly json: boolean
}

export function addRestore(program: Program): void {
  const { around } = program
  program.root
    .command('restore <backup>')
    .description('make a log of a backup, in an empty folder; every byte is checked')
    .addOption(logOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, around))
    .action(async (backup: string, { log, json }: RestoreFlags) => {
      const restore = await around.load('restore')
      const result = await withProgress(program.around, BYTES_TEXTS, (progress) =>
        restore({ backup, log, ...progress }),
      )
      answer(program, result, { json })
    })
}

const EXAMPLES = [
  ['millrace restore /backups/fraud --log ./data', 'then run it: it goes on from the backup'],
] as const
