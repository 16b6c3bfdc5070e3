// The importer as a child process: it is the outside world, and shares nothing with the pipeline but the log.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ConnectorError, DefinitionError } from '../../../src/base/errors.ts'
import type { FromImport, ImportUsage } from '../import.ts'
import type { ImportProgress } from '../import/import-flights.ts'

export interface Importer {
  /** The newest it has told; undefined before the first, and when it is done. */
  readonly progress: ImportProgress | undefined
  /** Resolves when it has ended well or was stopped; rejects with what it failed of. */
  readonly ended: Promise<ImportUsage>
  /** Lets it finish its batch and end. */
  stop(): void
}

/** A row group at a time needs no more; within that, V8 need not collect all of it as often as it would. */
const HEAP_FLAGS = [
  '--max-old-space-size=256',
  '--max-semi-space-size=16',
  '--heap-growing-percent=300',
]

export function startImporter(options: {
  readonly data: string
  readonly partitions: number
  readonly limit: number | undefined
}): Importer {
  const { data, partitions, limit } = options
  const args = ['--data', data, '--partitions', String(partitions)]
  if (limit !== undefined) args.push('--limit', String(limit))
  const child = fork(fileURLToPath(new URL('../import.ts', import.meta.url)), args, {
    execArgv: [...process.execArgv, ...HEAP_FLAGS],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let progress: ImportProgress | undefined
  let usage: ImportUsage = { cpuSeconds: 0, peakMemoryBytes: 0 }
  let failure: Error | undefined
  child.on('message', (message: FromImport) => {
    progress = message.kind === 'progress' ? message.progress : undefined
    if (message.kind === 'done') usage = message.usage
    if (message.kind === 'failed') failure = failed(message)
  })
  const ended = async (): Promise<ImportUsage> => {
    const [code, signal] = await once(child, 'exit')
    if (failure !== undefined) throw failure
    if (code === 0 || code === 130 || signal === 'SIGTERM') return usage
    const how = signal === null ? `code ${code}` : `signal ${signal}`
    throw new ConnectorError(
      'ML_CONNECTION',
      `the importer must run to its end; it ended with ${how}`,
      {
        retryable: true,
      },
    )
  }
  return {
    get progress(): ImportProgress | undefined {
      return progress
    },
    ended: ended(),
    stop: () => void child.kill('SIGTERM'),
  }
}

function failed({ code, message }: FromImport & { readonly kind: 'failed' }): Error {
  return code === 'ML_USAGE'
    ? new DefinitionError(message, { code })
    : new ConnectorError('ML_CONNECTION', `the importer failed: ${message} (${code})`)
}
