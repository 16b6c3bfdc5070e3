// A process of a simulation: what it is given to work with ends with it. After its death it does nothing and hears nothing,
// though promises of its code may still be there.
import type { Clock } from '../contracts/clock.ts'
import type { Steps } from '../contracts/steps.ts'
import type { ServedLog } from './sparse-log.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimLog } from './sim-log.ts'
import { SimConnection, type SimConnectionOptions } from './sim-network.ts'

export interface SimProcessOptions {
  readonly name: string
  readonly scheduler: Scheduler
  readonly log: SimLog
  readonly network: Pick<SimConnectionOptions, 'prng' | 'faults' | 'fired'>
  /** Called as a step is reached; true kills the process there. */
  readonly step?: (label: string) => boolean
  /** Called once when it ended, by itself or by a kill. */
  readonly ended: (process: SimProcess, error: unknown) => void
}

export class SimProcess {
  readonly name: string
  readonly clock: Clock
  readonly steps: Steps
  readonly #options: SimProcessOptions
  readonly #stop = new AbortController()
  #connection: SimConnection | undefined
  #log: ServedLog | undefined
  #alive = true

  constructor(options: SimProcessOptions) {
    const { scheduler, name, step } = options
    this.#options = options
    this.name = name
    this.clock = {
      now: () => scheduler.now(),
      monotonic: () => scheduler.monotonic(),
      sleep: async (ms, signal) => {
        await scheduler.sleep(ms, signal)
        if (!this.#alive) await never()
      },
    }
    this.steps = {
      reach: (label) => {
        if (!this.#alive) return never()
        if (step?.(label) !== true) return undefined
        this.kill(`at ${label}`)
        return never()
      },
    }
  }

  get alive(): boolean {
    return this.#alive
  }

  /** The log process it is connected to. */
  get log(): ServedLog | undefined {
    return this.#log
  }

  /** Aborted when it is asked to end. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  get pending(): readonly string[] {
    return this.#connection?.pending ?? ['the log to run']
  }

  /** Connects, works, and ends. */
  start(work: (log: SimConnection) => Promise<void>): void {
    void this.#run(work).then(
      () => this.#end('ends', undefined),
      (error: unknown) => this.#end('fails', error),
    )
  }

  /** Asks it to end. */
  stop(): void {
    this.#stop.abort()
  }

  kill(why: string): void {
    this.#end(`dies ${why}`, undefined)
  }

  async #run(work: (log: SimConnection) => Promise<void>): Promise<void> {
    const { log: host, scheduler, name, network } = this.#options
    const log = await host.opened()
    if (!this.#alive) await never()
    this.#log = log
    this.#connection = new SimConnection(log, { scheduler, name, ...network })
    host.attach(this.#connection)
    await work(this.#connection)
  }

  #end(how: string, error: unknown): void {
    if (!this.#alive) return
    const { log, scheduler, ended } = this.#options
    this.#alive = false
    const code = error instanceof Error && 'code' in error ? ` ${String(error.code)}` : ''
    scheduler.trace.note(`${this.name} ${how}${code}`)
    if (this.#connection !== undefined) {
      this.#connection.kill()
      log.detach(this.#connection)
    }
    ended(this, error)
  }
}

function never(): Promise<never> {
  return new Promise<never>(() => undefined)
}
