// `millrace status`: where every task is, and which one holds the others back.
import { answer, examples, fileOption, jsonOption, logOption, type Program } from '../program.ts'

interface StatusFlags {
  readonly log: string
  readonly file?: string
  readonly json: boolean
}

export function addStatus(program: Program): void {
  program.root
    .command('status')
    .description('show how far every task is, and what it waits for')
    .addOption(logOption())
    .addOption(fileOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, program.around))
    .action(async (flags: StatusFlags) => {
      const status = await program.around.load('status')
      answer(program, await status({ log: flags.log, file: flags.file }), flags)
    })
}

const EXAMPLES = [
  ['millrace status --log ./data', 'of a run on this machine, or of the last one'],
] as const
