// The log process of a simulation: the embedded log itself over a simulated disk. It dies and is started again, by power loss, by
// its own failure (a flush that fails) or by a kill; every connection to it breaks then.
import { StateError } from '../base/errors.ts'
import { Prng } from '../base/prng.ts'
import type { Clock } from '../contracts/clock.ts'
import type { Disk } from '../contracts/disk.ts'
import { EmbeddedLog } from '../log/embedded/embedded-log.ts'
import type { EmbeddedOptions, EmbeddedSizes } from '../log/embedded/options.ts'
import type { Scheduler } from './scheduler.ts'
import { SimDisk } from './sim-disk.ts'
import type { SimConnection } from './sim-network.ts'
import { SparseLog, type ServedLog, type SparseLogOptions } from './sparse-log.ts'

/** Files so small that a run of some hundred events fills and recycles many of them. */
export const SMALL_FILES: EmbeddedSizes = {
  journalBytes: 96 << 10,
  journalFilesMax: 3,
  segmentBytes: 32 << 10,
  reserveBytes: 0,
  preallocate: false,
  openFilesMax: 8,
}

const SALT = 0x51_3a_77_0c
const REOPEN_MS = 5

export interface SimLogOptions {
  readonly scheduler: Scheduler
  readonly seed: number
  readonly sizes?: EmbeddedSizes
  /** Offsets with holes. Default: they have none. */
  readonly sparse?: SparseLogOptions
  /** Virtual ms of a flush at most. */
  readonly flushMsMax: number
  /** Called as a step on the disk is reached, `log:` or `recover:` and what it is; true cuts the power there. */
  readonly step?: (label: string) => boolean
  /** Until it is started again after a power cut at a step, virtual ms. Default 10. */
  readonly downMs?: number
}

export class SimLog {
  readonly disk: SimDisk
  readonly #scheduler: Scheduler
  readonly #sizes: EmbeddedSizes
  readonly #sparse: SparseLogOptions | undefined
  readonly #connections = new Set<SimConnection>()
  readonly #waiting: ((log: ServedLog) => void)[] = []
  #log: ServedLog | undefined
  /** Counts the log processes there were: what belongs to an earlier one is dead. */
  #generation = 0
  #opening = false
  #failure: Error | undefined

  constructor(options: SimLogOptions) {
    const { scheduler, seed, sizes = SMALL_FILES, flushMsMax, step, downMs = 10 } = options
    this.#scheduler = scheduler
    this.#sizes = sizes
    this.#sparse = options.sparse
    this.disk = new SimDisk({
      prng: new Prng(seed, 3),
      sleep: (ms) => scheduler.sleep(ms),
      faults: { flushMsMax },
      step: (what) => {
        if (step?.(`${this.#opening ? 'recover' : 'log'}:${what}`) === true)
          this.crash('power', downMs)
      },
    })
  }

  /** The log, while its process runs. */
  get running(): ServedLog | undefined {
    return this.#log
  }

  /** Why it cannot be started any more: a finding. */
  get failure(): Error | undefined {
    return this.#failure
  }

  options(disk: Disk, clock: Clock): EmbeddedOptions {
    return { disk, clock, salt: SALT, ...this.#sizes }
  }

  /** With the offsets that processes see. */
  served(log: EmbeddedLog): ServedLog {
    return this.#sparse === undefined ? log : new SparseLog(log, this.#sparse)
  }

  get opening(): boolean {
    return this.#opening
  }

  /** Resolves with the log once it runs. */
  opened(): Promise<ServedLog> {
    return this.#log === undefined
      ? new Promise((resolve) => this.#waiting.push(resolve))
      : Promise.resolve(this.#log)
  }

  attach(connection: SimConnection): void {
    this.#connections.add(connection)
  }

  detach(connection: SimConnection): void {
    this.#connections.delete(connection)
  }

  /** Starts the process. It is started again until it runs. */
  start(): void {
    const generation = ++this.#generation
    this.#opening = true
    void EmbeddedLog.open(this.options(this.disk.mount(), this.#clock(generation))).then(
      (log) => this.#started(log, generation),
      (error: unknown) => this.#failedToStart(error, generation),
    )
  }

  /**
   * Ends the process. @param how `power`: of what was not flushed, some is lost; `kill`: the machine and its files stay as they are.
   * @param downMs until it is started again.
   */
  crash(how: 'power' | 'kill', downMs: number): void {
    this.#generation++
    this.#log = undefined
    this.#opening = false
    if (how === 'power') this.disk.crash()
    else this.disk.kill()
    this.#scheduler.trace.note(`log ${how}`)
    for (const connection of this.#connections) connection.break(true)
    this.#connections.clear()
    const generation = this.#generation
    this.#scheduler.after(downMs, 'log starts', () => {
      if (generation === this.#generation) this.start()
    })
  }

  #started(log: EmbeddedLog, generation: number): void {
    if (generation !== this.#generation) return
    this.#opening = false
    const served = this.served(log)
    this.#log = served
    this.#scheduler.trace.note('log runs')
    for (const resolve of this.#waiting.splice(0)) resolve(served)
  }

  #failedToStart(error: unknown, generation: number): void {
    if (generation !== this.#generation) return
    if (!this.#isFault(error)) {
      this.#failure ??= new StateError(
        'ML_INTERNAL',
        'the log of a simulation must recover; found that it does not',
        { cause: error },
      )
      return
    }
    this.disk.kill()
    this.#opening = false
    this.#scheduler.after(REOPEN_MS, 'log starts again', () => {
      if (generation === this.#generation) this.start()
    })
  }

  /** A failed flush or a full disk; anything else at a start is damage, and a finding. */
  #isFault(error: unknown): boolean {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return (
      code === 'ML_FLUSH_FAILED' || code === 'ML_DISK_FULL' || code === 'EIO' || code === 'ENOSPC'
    )
  }

  /** Time as the process sees it: its sleeps end with it. */
  #clock(generation: number): Clock {
    const scheduler = this.#scheduler
    return {
      now: () => scheduler.now(),
      monotonic: () => scheduler.monotonic(),
      sleep: async (ms, signal) => {
        await scheduler.sleep(ms, signal)
        if (generation !== this.#generation) await new Promise<never>(() => undefined)
      },
    }
  }
}
