// `millrace verify`: whether a log or a backup is what was written.
import { Argument } from 'commander'
import { answer, examples, jsonOption, logOption, type Program } from '../program.ts'
import { BYTES_TEXTS } from '../terminal/bytes-text.ts'
import { withProgress } from '../terminal/live-progress.ts'

interface VerifyFlags {
  readonly log: string
  readonly json: boolean
}

export function addVerify(program: Program): void {
  const { around } = program
  program.root
    .command('verify')
    .addArgument(
      new Argument('[place]', 'a backup, or the folder of a log (default: the one of --log)'),
    )
    .description('read every byte of a log or a backup, and say what is wrong and where')
    .addOption(logOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, around))
    .addHelpText('after', '\nWrites nothing. Ends with 1 when something is wrong.')
    .action(async (place: string | undefined, { log, json }: VerifyFlags) => {
      const verify = await around.load('verify')
      const result = await withProgress(program.around, BYTES_TEXTS, (progress) =>
        verify({ place: place ?? log, ...progress }),
      )
      answer(program, result, { json })
    })
}

const EXAMPLES = [
  ['millrace verify --log ./data', 'a log, also one that a run is writing to'],
  ['millrace verify /backups/fraud', 'a backup'],
] as const
