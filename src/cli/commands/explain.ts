// `millrace explain ID`: what a prediction was made of, from its receipt.
import { answer, examples, fileOption, jsonOption, logOption, type Program } from '../program.ts'

interface ExplainFlags {
  readonly log: string
  readonly file?: string
  readonly json: boolean
}

export function addExplain(program: Program): void {
  program.root
    .command('explain <id>')
    .description('print the receipt of a prediction: its event, features, model and score')
    .addOption(logOption())
    .addOption(fileOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, program.around))
    .action(async (id: string, flags: ExplainFlags) => {
      const explain = await program.around.load('explain')
      answer(program, await explain({ id, log: flags.log, file: flags.file }), flags)
    })
}

const EXAMPLES = [
  ['millrace explain F1500000 --log ./data', 'the id is what `of` of the labels gives'],
  ['millrace explain F1500000 --json | jq .features', 'for programs'],
] as const
