// Starts the thread that owns a folder's log. Everyone, its own process too, reaches the log through the socket.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { ownModule } from '../../base/own-modules.ts'
import type { LogFigures } from '../embedded/embedded-log.ts'
import type { EmbeddedSizes } from '../embedded/options.ts'
import { errorFromWire, type ErrorWire } from './error-wire.ts'

export type FromThread =
  | { readonly kind: 'ready'; readonly socketPath: string }
  | { readonly kind: 'figures'; readonly figures: LogFigures }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly error: ErrorWire }

export type ToThread = { readonly kind: 'close' } | { readonly kind: 'figures' }

export interface LogThread {
  readonly socketPath: string
  /** What the log has written so far. */
  figures(): Promise<LogFigures>
  /** Closes the log and gives the folder up. Clients are cut off. */
  close(): Promise<void>
  /** Resolves when the thread has ended, also by itself. */
  readonly ended: Promise<void>
}

/**
 * @throws ConnectorError ML_LOCKED when another process owns the folder, and what opening a log throws.
 */
export async function startLogThread(
  folder: string,
  sizes: EmbeddedSizes = {},
): Promise<LogThread> {
  const worker = new Worker(ownModule('log/server/log-thread'), {
    workerData: { folder, sizes },
    name: 'millrace-log',
  })
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const first = await answer(worker)
  if (first.kind !== 'ready') {
    await ended
    throw first.kind === 'failed'
      ? errorFromWire(first.error)
      : new Error('the thread of the log said something unexpected')
  }
  return {
    socketPath: first.socketPath,
    ended,
    figures: async () => {
      worker.postMessage({ kind: 'figures' } satisfies ToThread)
      const message = await answer(worker)
      if (message.kind !== 'figures')
        throw errorFromWire({
          code: 'ML_CONNECTION',
          message: 'the log must be open; found it closed',
          retryable: true,
          details: {},
        })
      return message.figures
    },
    close: async () => {
      worker.postMessage({ kind: 'close' } satisfies ToThread)
      const message = await answer(worker)
      await ended
      if (message.kind === 'failed') throw errorFromWire(message.error)
    },
  }
}

async function answer(worker: Worker): Promise<FromThread> {
  const [message] = await once(worker, 'message')
  return message
}
