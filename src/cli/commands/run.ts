// `millrace run FILE`: runs a definition, shows how far it is, and ends with a report.
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { Option } from 'commander'
import {
  byteSize,
  duration,
  examples,
  jsonOption,
  logOption,
  partitionsOption,
  showValuesOption,
  wholeNumber,
  writableFile,
  type Program,
} from '../program.ts'
import { errStyle, outStyle, print, printJson } from '../surroundings.ts'
import { LiveView } from '../terminal/live-view.ts'
import type { RunProgress, RunReport } from '../../contracts/run-report.ts'
import { shellWord } from '../shell-word.ts'
import { progressLine, progressLines } from '../terminal/run-progress.ts'
import { reportLines, type NextCommand } from '../terminal/run-report-text.ts'

interface RunFlags {
  readonly log: string
  readonly partitions?: number
  readonly workers?: number
  readonly member?: string
  readonly standby?: number
  readonly deadline?: number
  readonly callMemory?: number
  readonly hangs?: number
  readonly maxDisk?: number
  readonly http?: string
  readonly httpRate?: number
  readonly token?: string
  readonly untilEnd: boolean
  readonly showValues: boolean
  readonly acceptPartial: boolean
  readonly acceptGap: boolean
  readonly report?: string
  readonly json: boolean
}

export function addRun(program: Program): void {
  const { around } = program
  program.root
    .command('run <file>')
    .description('run a definition until it is stopped; started again, it goes on where it was')
    .addOption(logOption())
    .addOption(partitionsOption())
    .option('--workers <n>', 'worker processes (default: one a core)', wholeNumber)
    .option(
      '--member <name>',
      'on Kafka: a name that it keeps; started again within 10s, it has its tasks back',
    )
    .option(
      '--standby <n>',
      'on Kafka: copies of each state at other runs, which take over at once (default: 0)',
      wholeNumber,
    )
    .option('--deadline <duration>', 'for models that state none (default: 30s)', duration)
    .option(
      '--call-memory <size>',
      'that one call of a model may take (default: a quarter of all there is)',
      byteSize,
    )
    .option(
      '--hangs <n>',
      'calls of a model that may hang before quarantine (default: 3)',
      wholeNumber,
    )
    .option('--max-disk <size>', 'for the log, such as 20GB (default: all there is)', byteSize)
    .option('--http <address>', 'serve HTTP on [HOST:]PORT; without a host, on 127.0.0.1')
    .option('--http-rate <n>', 'events a second taken over HTTP (default: no bound)', wholeNumber)
    .addOption(
      new Option('--token <text>', 'what HTTP requests must bring; needed beyond this machine').env(
        'MILLRACE_TOKEN',
      ),
    )
    .option('--until-end', 'stop when every input has ended', false)
    .addOption(showValuesOption())
    .option(
      '--accept-partial',
      'let features that are rebuilt count what is kept of their input, where that is not all',
      false,
    )
    .option(
      '--accept-gap',
      'go on without records that were not read yet and are no longer kept',
      false,
    )
    .option('--report <file>', 'write the report as JSON, too', writableFile)
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, around))
    .action((file: string, flags: RunFlags) => runFile(program, file, flags))
}

const EXAMPLES = [
  ['millrace run fraud.ts', 'run it here; Ctrl-C stops it after the commit under way'],
  ['millrace run fraud.ts --log ./data --partitions 8', 'with eight tasks a stage'],
  ['millrace run fraud.ts --log kafka://b1:9092/fraud. --member a', 'one of several on Kafka'],
  ['millrace run fraud.ts --http 8080', 'and take events, and tell how it is, on port 8080'],
  ['millrace run backfill.ts --until-end --report out.json', 'to the end of its inputs'],
] as const

const STOPPING = 'Stopping after the commit under way. Ctrl-C again ends it at once.'

function nextCommands(file: string, { explained, folder, models }: RunReport): NextCommand[] {
  const log = `--log ${shellWord(folder.includes('://') ? folder : relative('.', folder) || '.')}`
  if (models === 0) return [{ command: `millrace status ${log}`, shows: 'how far every task is' }]
  const id = explained === undefined ? 'ID' : shellWord(explained.id)
  return [
    { command: `millrace explain ${id} ${log}`, shows: 'what a prediction was made of' },
    { command: `millrace replay ${id} ${log}`, shows: 'the same, derived again, bit for bit' },
    {
      command: `millrace dataset ${shellWord(file)} ${log} --out train.parquet`,
      shows: 'features and labels to train on',
    },
  ]
}

async function runFile(program: Program, file: string, flags: RunFlags): Promise<void> {
  const { around } = program
  const view = new LiveView<RunProgress>({
    screen: around.err,
    style: () => errStyle(around),
    lines: progressLines,
    line: progressLine,
  })
  const run = await around.load('run')
  around.signal.addEventListener('abort', () => view.above(STOPPING), { once: true })
  try {
    const report = await run({
      file,
      log: flags.log,
      partitions: flags.partitions,
      workers: flags.workers,
      member: flags.member,
      standbys: flags.standby,
      deadlineMs: flags.deadline,
      callMemoryBytes: flags.callMemory,
      hangsMax: flags.hangs,
      http:
        flags.http === undefined
          ? undefined
          : {
              address: flags.http,
              token: flags.token,
              eventsPerSecond: flags.httpRate,
              onListening: (url) => view.above(`HTTP on ${url}`),
            },
      untilEnd: flags.untilEnd,
      showValues: flags.showValues,
      acceptPartial: flags.acceptPartial,
      acceptGap: flags.acceptGap,
      maxDiskBytes: flags.maxDisk,
      signal: around.signal,
      onNotice: (text) => view.above(text),
      onProgress: (progress) => view.show(progress, around.monotonic()),
    })
    view.close()
    if (flags.report !== undefined) {
      writeFileSync(flags.report, `${JSON.stringify(report, undefined, 2)}\n`)
    }
    if (flags.json) printJson(around.out, report)
    else print(around.out, reportLines(report, outStyle(around), nextCommands(file, report)))
  } finally {
    view.close()
  }
}
