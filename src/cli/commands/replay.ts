// `millrace replay ID`: derives a prediction again from the log and compares it with its receipt, bit for bit.
import { answer, examples, fileOption, jsonOption, logOption, type Program } from '../program.ts'

interface ReplayFlags {
  readonly log: string
  readonly file?: string
  readonly json: boolean
}

export function addReplay(program: Program): void {
  program.root
    .command('replay <id>')
    .description('derive a prediction again from the log, and compare it bit for bit')
    .addOption(logOption())
    .addOption(fileOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, program.around))
    .addHelpText('after', '\nEnds with 1 when features or score differ from the receipt.')
    .action(async (id: string, flags: ReplayFlags) => {
      const replay = await program.around.load('replay')
      answer(program, await replay({ id, log: flags.log, file: flags.file }), flags)
    })
}

const EXAMPLES = [
  ['millrace replay F1500000 --log ./data', 'under the definition the log was run with'],
  ['millrace replay F1500000 --file fraud.ts', 'under another: it says first what differs'],
] as const
