// `millrace rescale FILE STAGE --partitions N`: gives a stage another number of tasks.
import { answer, examples, jsonOption, logOption, wholeNumber, type Program } from '../program.ts'

interface RescaleFlags {
  readonly log: string
  readonly partitions: number
  readonly json: boolean
}

export function addRescale(program: Program): void {
  program.root
    .command('rescale <file> <stage>')
    .description('give a stage another number of tasks, while its pipeline stands still')
    .addOption(logOption())
    .requiredOption('--partitions <n>', 'tasks that it gets', wholeNumber)
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, program.around))
    .action(async (file: string, stage: string, flags: RescaleFlags) => {
      const rescale = await program.around.load('rescale')
      const { log, partitions } = flags
      answer(program, await rescale({ file, stage, log, partitions }), flags)
    })
}

const EXAMPLES = [
  ['millrace rescale fraud.ts by-card.card --partitions 8 --log ./data', 'plan names the stages'],
] as const
