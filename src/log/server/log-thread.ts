// The entry of the log's own thread: owns the folder and serves it, so that nothing else delays a flush.
// Started by start-log-thread.ts only.
import { parentPort, workerData } from 'node:worker_threads'
import { openFolder } from '../embedded/open-folder.ts'
import type { EmbeddedSizes } from '../embedded/options.ts'
import { errorToWire } from './error-wire.ts'
import { serveLog } from './serve-log.ts'
import { claimSocketPath } from './socket-path.ts'
import type { FromThread, ToThread } from './start-log-thread.ts'

const { folder, sizes }: { folder: string; sizes: EmbeddedSizes } = workerData
const say = (message: FromThread): void => parentPort?.postMessage(message)

try {
  const log = await openFolder(folder, sizes)
  const socket = claimSocketPath(folder)
  const server = await serveLog(log, socket.path)
  say({ kind: 'ready', socketPath: socket.path })
  const close = async (): Promise<void> => {
    try {
      await server.close()
      await log.close()
      socket.release()
      say({ kind: 'closed' })
    } catch (error) {
      say({ kind: 'failed', error: errorToWire(error) })
    }
    parentPort?.close()
  }
  parentPort?.on('message', (message: ToThread) => {
    if (message.kind === 'figures') say({ kind: 'figures', figures: log.figures })
    else void close()
  })
} catch (error) {
  say({ kind: 'failed', error: errorToWire(error) })
  parentPort?.close()
}
