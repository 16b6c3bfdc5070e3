// `millrace plan FILE`: what a definition means, without running it.
import {
  answer,
  examples,
  jsonOption,
  logOption,
  partitionsOption,
  type Program,
} from '../program.ts'

interface PlanFlags {
  readonly log: string
  readonly partitions?: number
  readonly json: boolean
}

export function addPlan(program: Program): void {
  program.root
    .command('plan <file>')
    .description('print stages, state, topics and models, and what a change means for a log')
    .addOption(logOption())
    .addOption(partitionsOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, program.around))
    .action(async (file: string, flags: PlanFlags) => {
      const plan = await program.around.load('plan')
      const { log, partitions } = flags
      answer(program, await plan({ file, log, partitions }), flags)
    })
}

const EXAMPLES = [
  ['millrace plan fraud.ts', 'check a definition; it reads the models, and writes nothing'],
  [
    'millrace plan fraud.ts --log ./data',
    'and what the file, as it is now, means for what ran there',
  ],
  ['millrace plan fraud.ts --json | jq .stages', 'for programs'],
] as const
