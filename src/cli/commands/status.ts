// `millrace status`: where every task is, and which one holds the others back.
import type { StatusReport } from '../../contracts/status.ts'
import { duration, examples, fileOption, jsonOption, logOption, type Program } from '../program.ts'
import { Rates } from '../rates.ts'
import { outStyle, print, printJson, printJsonLine } from '../surroundings.ts'
import { LiveView } from '../terminal/live-view.ts'
import { statusLine, statusLines, type StatusView } from '../terminal/status-text.ts'

interface StatusFlags {
  readonly log: string
  readonly file?: string
  readonly watch: boolean
  readonly every: number
  readonly json: boolean
}

export function addStatus(program: Program): void {
  const { around } = program
  program.root
    .command('status')
    .description('show how far every task is, and what it waits for')
    .addOption(logOption())
    .addOption(fileOption())
    .option('-w, --watch', 'go on, until it is stopped', false)
    .option('--every <duration>', 'how often with --watch', duration, 1000)
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, around))
    .action(async (flags: StatusFlags) => {
      if (flags.watch) await watch(program, flags)
      else {
        const status = await around.load('status')
        const report = await status({ log: flags.log, file: flags.file })
        if (flags.json) printJson(around.out, report)
        else print(around.out, statusLines({ report }, outStyle(around, WIDTH_MAX)))
      }
    })
}

const WIDTH_MAX = 200

const EXAMPLES = [
  ['millrace status --log ./data', 'of a run on this machine, or of the last one'],
  ['millrace status --watch', 'a table that stays up to date; Ctrl-C ends it'],
  ['millrace status --watch --json | jq .labels', 'one report a line, for programs'],
] as const

async function watch({ around }: Program, flags: StatusFlags): Promise<void> {
  const { log, file, every: everyMs, json } = flags
  const view = new LiveView<StatusView>({
    screen: around.out,
    style: () => outStyle(around, WIDTH_MAX),
    lines: statusLines,
    line: statusLine,
  })
  const rates = new Rates()
  const onStatus = (report: StatusReport): void => {
    if (json) printJsonLine(around.out, report)
    else view.show({ report, rate: rates.of(report) }, around.monotonic())
  }
  const watchStatus = await around.load('watchStatus')
  try {
    await watchStatus({ log, file, everyMs, signal: around.signal, onStatus })
  } finally {
    view.close()
  }
}
