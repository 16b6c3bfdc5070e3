// A worker as its supervisor sees it: started, restarted when it dies, ended when a call of a model hangs, stopped.
import type { ChildProcess } from 'node:child_process'
import { ConnectorError, MillraceError } from '../base/errors.ts'
import { residentBytes } from './resident-bytes.ts'
import { CallDeadline } from './versions/call-deadline.ts'
import { CallMemory } from './versions/call-memory.ts'
import type { StartedWorker } from './start-worker.ts'
import { closeSlot, SlotReader, type CallState } from './versions/call-slot.ts'
import type { Hang } from './versions/hang-ledger.ts'
import type { FromWorker, ToWorker, WorkerJob } from './messages.ts'

const RESTARTS_MAX = 20
const BACKOFF_MS = 100
const BACKOFF_MAX_MS = 5000
/** Deaths that give the longest time between two tries. */
const ROOM_DEATHS = 6
/** Ends that a process brings upon itself: no memory left, a fault in native code. What it was calling did that. */
const OWN_ENDS: ReadonlySet<string | null> = new Set([
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGSEGV',
  'SIGTRAP',
])

export interface WorkerEvents {
  /** A process for it. */
  started(): StartedWorker
  /** What it is to do, asked whenever it starts. */
  job(): WorkerJob
  status(status: FromWorker & { kind: 'status' }): void
  looked(answer: FromWorker & { kind: 'looked' }): void
  /** What it was not to run any more has ended. */
  settled(round: number): void
  /** Another supervisor's worker opened one of its tasks, which it does not run any more. */
  fenced(task: number): void
  /** It died and is started again. */
  restarted(): void
  /** A call took more time or memory than it may and it was ended, or it died of one; it is started again when the promise resolves. */
  hung(hang: Hang): Promise<void>
  /** It cannot go on. */
  failed(error: MillraceError): void
}

/** How often a worker is looked at, and what its calls may take. */
export interface CallBounds {
  readonly everyMs: number
  deadlineOf(call: CallState): number
  /** That a call may add to the memory of its worker. */
  readonly memoryBytes: number
}

export class WorkerProcess {
  readonly #events: WorkerEvents
  readonly #bounds: CallBounds
  #child: ChildProcess | undefined
  #slot: SlotReader | undefined
  #descriptor = -1
  #deadline: CallDeadline
  #memory = new CallMemory()
  /** Sequence of the call it is ended for. */
  #overdue: number | undefined
  /** The call in which it died last. */
  #diedIn: Hang | undefined
  #stopping = false
  #failed = false
  #deaths = 0
  /** Its last error was that the log has no room: it waits for some, and does not give up. */
  #noRoom = false
  #stopped: (() => void) | undefined

  constructor(events: WorkerEvents, bounds: CallBounds) {
    this.#events = events
    this.#bounds = bounds
    this.#deadline = new CallDeadline(bounds.everyMs)
    this.#start()
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Whether it waits for room on the log's device. */
  get noRoom(): boolean {
    return this.#noRoom
  }

  /** Looks whether its call takes more than it may, and ends it when it does. @param sinceMs since the last look. */
  look(sinceMs: number): void {
    const call = this.#slot?.read()
    if (call === undefined || this.#overdue !== undefined) return
    const bounds = this.#bounds
    const isLate = this.#deadline.look(call, sinceMs, bounds.deadlineOf(call))
    if (!isLate && !this.#memory.look(call, () => this.#residentBytes(), bounds.memoryBytes)) return
    this.#overdue = call.sequence
    this.#child?.kill('SIGKILL')
  }

  tell(message: ToWorker): void {
    this.#child?.send(message, (error) => {
      // It died before it read the message; its exit is handled where it is told.
      if (error !== null && this.#child?.connected === true) this.#child.kill('SIGKILL')
    })
  }

  /** Lets it finish its commits and end. */
  async stop(): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    await new Promise<void>((resolve) => {
      this.#stopped = resolve
      this.tell({ kind: 'stop' })
    })
  }

  #residentBytes(): number | undefined {
    const { pid } = this
    return pid === undefined ? undefined : residentBytes(pid)
  }

  #start(): void {
    const { child, descriptor } = this.#events.started()
    this.#descriptor = descriptor
    this.#slot = new SlotReader(this.#descriptor)
    this.#deadline = new CallDeadline(this.#bounds.everyMs)
    this.#memory = new CallMemory()
    this.#overdue = undefined
    this.#child = child
    child.on('message', (message: FromWorker) => this.#hear(message))
    child.once('exit', (code, signal) => this.#exited(code, signal))
    this.tell(this.#events.job())
  }

  #hear(message: FromWorker): void {
    if (message.kind === 'status') {
      this.#deaths = 0
      this.#events.status(message)
      this.#noRoom = false
    } else if (message.kind === 'looked') this.#events.looked(message)
    else if (message.kind === 'settled') this.#events.settled(message.round)
    else if (message.kind === 'fenced') this.#events.fenced(message.task)
    else if (message.kind === 'failed' && message.code === 'ML_DISK_FULL') this.#noRoom = true
    else if (message.kind === 'failed' && !message.retryable && !this.#stopping) {
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
    const hang = this.#hang(signal)
    this.#slot = undefined
    closeSlot(this.#descriptor)
    if (this.#stopping || this.#failed) {
      this.#stopped?.()
      return
    }
    if (hang !== undefined) {
      this.#events.restarted()
      // Not one of the deaths that make it give up: each of these brings the search for the rows on.
      void this.#events.hung(hang).then(() => this.#again())
      return
    }
    if (this.#noRoom) this.#deaths = Math.min(this.#deaths, ROOM_DEATHS)
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
    setTimeout(() => this.#again(), Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** (this.#deaths - 1)))
  }

  #again(): void {
    if (this.#stopping) this.#stopped?.()
    else
      try {
        this.#start()
      } catch (error) {
        this.#events.failed(
          error instanceof MillraceError
            ? error
            : new ConnectorError('ML_CONNECTION', 'a worker must be able to start', {
                cause: error,
              }),
        )
      }
  }

  /**
   * The call it was ended for, or died of: in which it ended itself, or died a second time, as one does that the system ends for its memory.
   * undefined where it died otherwise, or the call was over before the end came.
   */
  #hang(signal: string | null): Hang | undefined {
    const call = this.#slot?.read()
    if (call?.active !== true) return undefined
    const { task, model, commit } = call
    const hang = { task, model, commit, rows: this.#slot?.places(call) ?? [] }
    const again = isSame(hang, this.#diedIn)
    this.#diedIn = hang
    return call.sequence === this.#overdue || OWN_ENDS.has(signal) || again ? hang : undefined
  }
}

function isSame(one: Hang, other: Hang | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
