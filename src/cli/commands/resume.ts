// `millrace resume MODEL`: has a model called again that hung too often.
import { answer, examples, fileOption, jsonOption, logOption, type Program } from '../program.ts'

interface ResumeFlags {
  readonly log: string
  readonly file?: string
  readonly json: boolean
}

export function addResume(program: Program): void {
  program.root
    .command('resume <model>')
    .description('call a model again that is quarantined because it hung')
    .addOption(logOption())
    .addOption(fileOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, program.around))
    .action(async (model: string, flags: ResumeFlags) => {
      const resume = await program.around.load('resume')
      answer(program, await resume({ model, log: flags.log, file: flags.file }), flags)
    })
}

const EXAMPLES = [
  ['millrace resume fraud --log ./data', 'a run that goes on takes it up at once'],
] as const
