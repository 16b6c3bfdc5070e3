// `npm start`: the flights example from its import to its end, with progress and a report.
// Stopped or killed and started again, it goes on where it was; `--fresh` starts over.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DefinitionError } from '../../src/base/errors.ts'
import { errorLines } from '../../src/cli/terminal/error-text.ts'
import { LiveView } from '../../src/cli/terminal/live-view.ts'
import { reportLines, type NextCommand } from '../../src/cli/terminal/run-report-text.ts'
import { shellWord } from '../../src/cli/shell-word.ts'
import { styleOf } from '../../src/cli/terminal/style.ts'
import type { RunReport } from '../../src/contracts/run-report.ts'
import { startFlags, USAGE, type StartFlags } from './start/start-flags.ts'
import { runFlights } from './start/run-flights.ts'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) {
      LiveView.abandon(process.stderr)
      process.exit(130)
    }
    stop.abort()
  })
}
// The launcher was killed: nobody is left to pass a signal on.
process.once('disconnect', () => stop.abort())
process.channel?.unref()

try {
  process.exitCode = await start(startFlags(process.argv.slice(2)))
} catch (error) {
  console.error(`\n${errorLines(error, styleOf(process.stderr, process.env)).join('\n')}`)
  process.exitCode = error instanceof DefinitionError && error.code === 'ML_USAGE' ? 2 : 1
}

async function start(flags: StartFlags | 'help'): Promise<number> {
  if (flags === 'help') {
    console.log(USAGE)
    return 0
  }
  const report = await runFlights(flags, stop.signal)
  if (flags.report !== undefined) {
    writeFileSync(flags.report, `${JSON.stringify(report, undefined, 2)}\n`)
  }
  const style = styleOf(process.stdout, process.env)
  console.log(reportLines(report, style, nextCommands(report)).join('\n'))
  if (report.ended) {
    if (eventsOf(report) === 0)
      console.log('\n  Earlier runs had done everything. --fresh starts over.')
    return 0
  }
  console.log('\n  Not at the end yet: start it again, and it goes on from here.')
  return stop.signal.aborted ? 130 : 1
}

/** Of this run. */
function eventsOf({ events, eventsBefore }: RunReport): number {
  return Object.values(events).reduce((sum, count) => sum + count, 0) - eventsBefore
}

function nextCommands({ folder, explained }: RunReport): NextCommand[] {
  const log = `--log ${shellWord(folder)}`
  const millrace = 'npm run -s millrace --'
  const definition = join('examples', 'flights', 'online.ts')
  return [
    { command: `${millrace} plan ${definition}`, shows: 'what the definition means' },
    explained === undefined
      ? { command: `${millrace} status ${log}`, shows: 'how far every task is' }
      : {
          command: `${millrace} replay ${explained.id} ${log}`,
          shows: 'a prediction again, bit for bit',
        },
    { command: `${millrace} dead-letters list ${log}`, shows: 'the absurd delays' },
  ]
}
