// The importer as a process of its own: `node examples/flights/import.ts --data FOLDER [--limit N] [--partitions N]`.
// It reaches the log through whoever owns the folder, or owns it itself. Under a parent it reports over the channel
// and ends with it. Stopped or killed and started again, it goes on exactly where it was.
import { parseArgs } from 'node:util'
import { MillraceError } from '../../src/base/errors.ts'
import { openLog } from '../../src/log/open-log.ts'
import { flightsFile } from './import/flights-file.ts'
import { importFlights, type ImportProgress, type ImportReport } from './import/import-flights.ts'

/** What a parent is told. */
export type FromImport =
  | { readonly kind: 'progress'; readonly progress: ImportProgress }
  | { readonly kind: 'done'; readonly report: ImportReport; readonly usage: ImportUsage }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

export interface ImportUsage {
  readonly cpuSeconds: number
  readonly peakMemoryBytes: number
}

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '.millrace/flights' },
    limit: { type: 'string' },
    partitions: { type: 'string', default: '2' },
  },
})

const hasParent = process.send !== undefined
// The channel may break while a message is on its way.
const ignored = (): void => {}
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => stop.abort())
process.once('disconnect', () => stop.abort())
process.channel?.unref()

try {
  const report = await imported()
  tell({ kind: 'done', report, usage: usage() })
  if (report.interrupted) process.exitCode = 130
} catch (error) {
  if (!(error instanceof MillraceError)) throw error
  tell({ kind: 'failed', code: error.code, message: error.message })
  process.exitCode = 1
}

async function imported(): Promise<ImportReport> {
  const { log } = await openLog(values.data)
  try {
    return await importFlights({
      log,
      file: flightsFile(),
      partitions: Number(values.partitions),
      ...(values.limit === undefined ? {} : { limit: Number(values.limit) }),
      signal: stop.signal,
      onProgress: (progress) => tell({ kind: 'progress', progress }),
    })
  } finally {
    // An open log would keep an import that failed from ending.
    await log.close()
  }
}

function tell(message: FromImport): void {
  if (process.connected) process.send?.(message, undefined, undefined, ignored)
  // A parent that was killed takes the log with it: there is nobody to tell, and nothing to say.
  else if (hasParent) return
  else if (message.kind === 'failed') console.error(`${message.message} (${message.code})`)
  else console.log(JSON.stringify(message.kind === 'done' ? message.report : message.progress))
}

function usage(): ImportUsage {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  return { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMemoryBytes: maxRSS * 1024 }
}
