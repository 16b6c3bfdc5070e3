// `millrace export TOPIC FILE`: records of a topic as a file, which appears when it is whole.
import {
  answer,
  examples,
  jsonOption,
  logOption,
  partitionNumber,
  rangeEnd,
  writableFile,
  type Program,
} from '../program.ts'
import type { RangeEnd } from '../../contracts/commands.ts'
import { formatOption } from './import.ts'
import { withProgress } from '../terminal/live-progress.ts'
import { TRANSFER_TEXTS } from '../terminal/transfer-progress.ts'

interface ExportFlags {
  readonly log: string
  readonly format?: 'csv' | 'jsonl' | 'parquet'
  readonly partition?: number
  readonly from?: RangeEnd
  readonly to?: RangeEnd
  readonly json: boolean
}

export function addExport(program: Program): void {
  const { around } = program
  program.root
    .command('export')
    .argument('<topic>')
    .argument('<file>', 'CSV, JSON lines or Parquet', writableFile)
    .description('write the records of a topic as a file of CSV, JSON lines or Parquet')
    .addOption(logOption())
    .addOption(formatOption())
    .option('--partition <n>', 'only this partition, from 0', partitionNumber)
    .option('--from <offset|time>', 'the first: an offset, or an ISO time with its zone', rangeEnd)
    .option('--to <offset|time>', 'up to, but without', rangeEnd)
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, around))
    .action(async (topic: string, file: string, flags: ExportFlags) => {
      const exportTopic = await around.load('exportTopic')
      const { log, format, partition, from, to } = flags
      const result = await withProgress(around, TRANSFER_TEXTS, (progress) =>
        exportTopic({ topic, file, log, format, partition, from, to, ...progress }),
      )
      answer(program, result, flags)
    })
}

const EXAMPLES = [
  ['millrace export scores scores.parquet', 'all that is there'],
  ['millrace export scores day.csv --from 2026-01-05T00:00Z --to 2026-01-06T00:00Z', 'of a day'],
] as const
