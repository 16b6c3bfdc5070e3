// `millrace explain ID`: what a prediction was made of, from its receipt.
import type { Explanation } from '../../contracts/explanation.ts'
import { examples, fileOption, jsonOption, logOption, type Program } from '../program.ts'
import { outStyle, print, printJson } from '../surroundings.ts'
import { explanationLines } from '../terminal/explanation-text.ts'
import type { Style } from '../terminal/style.ts'

interface ExplainFlags {
  readonly log: string
  readonly file?: string
  readonly json: boolean
}

export function addExplain(program: Program): void {
  const { around } = program
  program.root
    .command('explain <id>')
    .description('print the receipt of a prediction: its event, features, model and score')
    .addOption(logOption())
    .addOption(fileOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, around))
    .action(async (id: string, flags: ExplainFlags) => {
      const explain = await around.load('explain')
      const found = await explain({ id, log: flags.log, file: flags.file })
      if (flags.json) printJson(around.out, found)
      else print(around.out, textOf(found, outStyle(around)))
    })
}

function textOf(found: readonly Explanation[], style: Style): string[] {
  return found.flatMap((each, i) => [...(i > 0 ? [''] : []), ...explanationLines(each, style)])
}

const EXAMPLES = [
  ['millrace explain F1500000 --log ./data', 'the id is what `of` of the labels gives'],
  ['millrace explain F1500000 --json | jq .features', 'for programs'],
] as const
