// `millrace replay ID`: derives a prediction, or a row of a period, again from the log and compares it with what was written, bit for bit.
import { answer, examples, fileOption, jsonOption, logOption, type Program } from '../program.ts'

interface ReplayFlags {
  readonly log: string
  readonly file?: string
  readonly json: boolean
}

export function addReplay(program: Program): void {
  program.root
    .command('replay <id>')
    .description(
      'derive a prediction, or a row of a period, again from the log, and compare it bit for bit',
    )
    .addOption(logOption())
    .addOption(fileOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, program.around))
    .addHelpText(
      'after',
      '\nEnds with 1 when features or score differ from the receipt, or the row from the record.',
    )
    .action(async (id: string, flags: ReplayFlags) => {
      const replay = await program.around.load('replay')
      answer(program, await replay({ id, log: flags.log, file: flags.file }), flags)
    })
}

const EXAMPLES = [
  ['millrace replay F1500000 --log ./data', 'under the definition the log was run with'],
  ['millrace replay spend/0/17 --log ./data', 'a row of .every: topic, partition, offset'],
  ['millrace replay F1500000 --file fraud.ts', 'under another: it says first what differs'],
] as const
