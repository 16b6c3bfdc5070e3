// A worker as its supervisor sees it: started, restarted when it dies, stopped.
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ConnectorError, MillraceError } from '../base/errors.ts'
import type { FromWorker, ToWorker, WorkerJob } from './messages.ts'

const RESTARTS_MAX = 20
const BACKOFF_MS = 100
const BACKOFF_MAX_MS = 5000

export interface WorkerEvents {
  status(status: FromWorker & { kind: 'status' }): void
  /** It died and is started again. */
  restarted(): void
  /** It cannot go on. */
  failed(error: MillraceError): void
}

export class WorkerProcess {
  readonly #job: WorkerJob
  readonly #events: WorkerEvents
  #child: ChildProcess | undefined
  #stopping = false
  #failed = false
  #deaths = 0
  #stopped: (() => void) | undefined

  constructor(job: WorkerJob, events: WorkerEvents) {
    this.#job = job
    this.#events = events
    this.#start()
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Lets it finish its commits and end. */
  async stop(): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    await new Promise<void>((resolve) => {
      this.#stopped = resolve
      this.#send({ kind: 'stop' })
    })
  }

  #start(): void {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    const child = fork(fileURLToPath(new URL(`./worker.${extension}`, import.meta.url)), [], {
      execArgv: [
        ...process.execArgv.filter((each) => !each.startsWith('--cpu-prof')),
        '--max-semi-space-size=32',
      ],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#child = child
    child.on('message', (message: FromWorker) => this.#hear(message))
    child.once('exit', (code, signal) => this.#exited(code, signal))
    this.#send(this.#job)
  }

  #hear(message: FromWorker): void {
    if (message.kind === 'status') {
      this.#deaths = 0
      this.#events.status(message)
    } else if (message.kind === 'failed' && !message.retryable && !this.#stopping) {
      this.#failed = true
      this.#events.failed(
        new MillraceError(message.code, message.message, {
          details: message.details,
          // Only a bug is looked for by its trace.
          ...(message.code === 'ML_INTERNAL' ? { cause: message.stack } : {}),
        }),
      )
    }
  }

  #exited(code: number | null, signal: string | null): void {
    if (this.#stopping || this.#failed) {
      this.#stopped?.()
      return
    }
    if (++this.#deaths > RESTARTS_MAX) {
      this.#events.failed(
        new ConnectorError(
          'ML_CONNECTION',
          `a worker must stay alive; found it dead ${this.#deaths} times in a row (exit ${code ?? signal}); see what it wrote last`,
        ),
      )
      return
    }
    this.#events.restarted()
    setTimeout(
      () => {
        if (this.#stopping) this.#stopped?.()
        else this.#start()
      },
      Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** (this.#deaths - 1)),
    )
  }

  #send(message: ToWorker): void {
    this.#child?.send(message, (error) => {
      // It died before it read the message; its exit is handled where it is told.
      if (error !== null && this.#child?.connected === true) this.#child.kill('SIGKILL')
    })
  }
}
