// Importer and pipeline side by side on one log, and what they cost together.
import { existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ConnectorError, DefinitionError } from '../../../src/base/errors.ts'
import { countText } from '../../../src/base/figures.ts'
import { LiveView } from '../../../src/cli/terminal/live-view.ts'
import { progressLine, progressLines } from '../../../src/cli/terminal/run-progress.ts'
import { styleOf } from '../../../src/cli/terminal/style.ts'
import type { Log } from '../../../src/contracts/log.ts'
import type { RunProgress, RunReport } from '../../../src/contracts/run-report.ts'
import { openLog, type OpenedLog } from '../../../src/log/open-log.ts'
import { run } from '../../../src/runner/commands/run-command.ts'
import { flightsFile } from '../import/flights-file.ts'
import { openFlights } from '../import/flight-rows.ts'
import { startImporter, type Importer } from './importer.ts'
import type { StartFlags } from './start-flags.ts'

const PARTITIONS = 2
const STOPPING = 'Stopping after the commit under way. Ctrl-C again ends it at once.'

/** Runs the example to its end, or until the signal. */
export async function runFlights(flags: StartFlags, signal: AbortSignal): Promise<RunReport> {
  const { log, bytesWritten } = await ownLog(flags)
  try {
    const partitions = await partitionsOf(log, flags.partitions)
    const importer = startImporter({ data: flags.data, partitions, limit: flags.limit })
    signal.addEventListener('abort', () => importer.stop(), { once: true })
    const report = await together(importer, { flags, partitions, signal })
    return { ...report, bytesWritten: await bytesWritten() }
  } finally {
    await log.close()
  }
}

/** The folder is this process's before anybody else looks at it: the importer and the run reach it through here. */
async function ownLog(flags: StartFlags): Promise<OpenedLog> {
  if (flags.fresh && existsSync(flags.data)) {
    await (await owned(flags.data)).log.close()
    rmSync(flags.data, { recursive: true })
  }
  return owned(flags.data)
}

async function owned(folder: string): Promise<OpenedLog> {
  const opened = await openLog(folder)
  if (opened.owned) return opened
  await opened.log.close()
  throw new ConnectorError(
    'ML_LOCKED',
    `the example must have ${folder} for itself; found another process in it, a run or a command that follows a topic: stop that one, or give --data another folder`,
  )
}

async function partitionsOf(log: Log, wanted: number | undefined): Promise<number> {
  const found = (await log.topic('departures'))?.partitions
  if (found === undefined || wanted === undefined || found === wanted) {
    return found ?? wanted ?? PARTITIONS
  }
  throw new DefinitionError(
    `the topics in this folder have ${found} partitions; found --partitions ${wanted}: leave it out, or start over with --fresh`,
    { code: 'ML_USAGE' },
  )
}

interface Around {
  readonly flags: StartFlags
  readonly partitions: number
  readonly signal: AbortSignal
}

async function together(importer: Importer, around: Around): Promise<RunReport> {
  const { flags, partitions, signal } = around
  const started = performance.now()
  const total = (await openFlights(flightsFile())).count
  const view = progressView()
  signal.addEventListener('abort', () => view.above(STOPPING), { once: true })
  // An importer that fails stops the run, which else would wait for it for ever.
  const broken = new AbortController()
  const imported = importer.ended.catch((error: unknown) => {
    broken.abort()
    return error
  })
  try {
    const report = await run({
      // These flights are public.
      showValues: true,
      file: fileURLToPath(new URL('../online.ts', import.meta.url)),
      log: flags.data,
      partitions,
      workers: flags.workers,
      untilEnd: true,
      signal: AbortSignal.any([signal, broken.signal]),
      eventsTotal: 2 * Math.min(flags.limit ?? total, total),
      note: () => noteOf(importer),
      onProgress: (progress) => view.show(progress, performance.now()),
    })
    const usage = await imported
    if (usage instanceof Error) throw usage
    return {
      ...report,
      folder: flags.data,
      wallSeconds: (performance.now() - started) / 1000,
      ...withImporter(report, usage),
    }
  } finally {
    importer.stop()
    view.close()
  }
}

function withImporter(
  report: RunReport,
  usage: unknown,
): Pick<RunReport, 'cpuSeconds' | 'peakMemoryBytes'> {
  const { cpuSeconds, peakMemoryBytes } = usage as Awaited<Importer['ended']>
  return {
    cpuSeconds: report.cpuSeconds + cpuSeconds,
    peakMemoryBytes: report.peakMemoryBytes + peakMemoryBytes,
  }
}

function noteOf({ progress }: Importer): string | undefined {
  return progress === undefined
    ? undefined
    : `importing: ${countText(progress.departures)} departures`
}

function progressView(): LiveView<RunProgress> {
  return new LiveView<RunProgress>({
    screen: process.stderr,
    style: () => styleOf(process.stderr, process.env),
    lines: progressLines,
    line: progressLine,
  })
}
