// Virtual time: everything a simulation waits for is an event of one queue, so that one seed gives one run.
// It must never look at the machine's clock, and takes the next event only when no promise can go on by itself.
import { StateError } from '../base/errors.ts'
import type { Prng } from '../base/prng.ts'
import type { Clock } from '../contracts/clock.ts'
import { Trace } from './trace.ts'

/** An event that may still be taken back. */
export interface Scheduled {
  cancel(): void
}

interface Entry {
  readonly time: number
  /** Events of one moment come in a seeded order. */
  readonly tie: number
  readonly sequence: number
  readonly what: string
  readonly run: () => void
  cancelled: boolean
}

export interface SchedulerOptions {
  readonly prng: Prng
  /** Ms since 1970 at the beginning. Default: 2026-01-01T00:00:00Z. */
  readonly start?: number
  readonly trace?: Trace
  /** Events of one run at most: a run that never ends fails. Default 1,000,000. */
  readonly eventsMax?: number
}

const START = 1_767_225_600_000
const EVENTS_MAX = 1_000_000
/** So many at most without a turn of the loop. */
const EVENTS_A_TURN = 256

export class Scheduler implements Clock {
  readonly trace: Trace
  readonly #prng: Prng
  readonly #start: number
  readonly #eventsMax: number
  readonly #heap: Entry[] = []
  #time = 0
  #sequence = 0
  #events = 0
  /** What works outside of virtual time, and whoever waits for it. */
  #outside = 0
  #inside: (() => void) | undefined

  constructor({
    prng,
    start = START,
    trace = new Trace(),
    eventsMax = EVENTS_MAX,
  }: SchedulerOptions) {
    this.#prng = prng
    this.#start = start
    this.#eventsMax = eventsMax
    this.trace = trace
  }

  now(): number {
    return this.#start + Math.floor(this.#time)
  }

  /** Ms since the beginning of the run. */
  monotonic(): number {
    return this.#time
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve()
        return
      }
      const stop = (): void => {
        entry.cancel()
        resolve()
      }
      const entry = this.after(ms, '', () => {
        signal?.removeEventListener('abort', stop)
        resolve()
      })
      signal?.addEventListener('abort', stop, { once: true })
    })
  }

  /** Runs something in `ms` of virtual time. @param what stands in the trace; an empty text stands nowhere. */
  after(ms: number, what: string, run: () => void): Scheduled {
    const entry: Entry = {
      time: this.#time + Math.max(0, ms),
      tie: this.#prng.uint32(),
      sequence: this.#sequence++,
      what,
      run,
      cancelled: false,
    }
    this.#push(entry)
    return {
      cancel: () => {
        entry.cancelled = true
      },
    }
  }

  /**
   * Runs event after event until `done` holds.
   * @param pending says who waits for what: the text of the error when nothing can happen any more.
   * @throws StateError ML_INTERNAL when nothing is scheduled and `done` does not hold, or there are too many events.
   */
  async run(done: () => boolean, pending: () => string = () => ''): Promise<void> {
    await this.#settled()
    while (!done()) {
      const entry = this.#pop()
      if (entry === undefined) throw this.#stuck('nothing can happen any more', pending())
      if (++this.#events > this.#eventsMax)
        throw this.#stuck(`${this.#eventsMax} events did not end the run`, pending())
      this.#time = entry.time
      if (entry.what !== '') this.trace.note(`${entry.time.toFixed(3)} ${entry.what}`)
      entry.run()
      await this.#settled()
      if (this.#events % EVENTS_A_TURN === 0) await turn()
    }
  }

  /** Work that no event ends, such as that of a native library: time stands still until it is done. */
  outside<Value>(work: Promise<Value>): Promise<Value> {
    this.#outside++
    return work.finally(() => {
      if (--this.#outside === 0) this.#inside?.()
    })
  }

  async #settled(): Promise<void> {
    await settled()
    while (this.#outside > 0) {
      await new Promise<void>((resolve) => {
        this.#inside = resolve
      })
      await settled()
    }
  }

  #stuck(found: string, pending: string): StateError {
    return new StateError(
      'ML_INTERNAL',
      `a simulation must come to its end; found that ${found} at ${this.#time.toFixed(3)} ms; waiting: ${pending}\nlast:\n${this.trace.recent.join('\n')}`,
    )
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(entry)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!before(entry, heap[parent])) break
      heap[at] = heap[parent]
      at = parent
    }
    heap[at] = entry
  }

  #pop(): Entry | undefined {
    for (;;) {
      const first = this.#heap[0]
      const last = this.#heap.pop()
      if (last === undefined) return undefined
      if (first !== last) this.#sink(last)
      if (!first.cancelled) return first
    }
  }

  #sink(entry: Entry): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++
      if (!before(heap[child], entry)) break
      heap[at] = heap[child]
      at = child
    }
    heap[at] = entry
  }
}

function before(a: Entry, b: Entry): boolean {
  if (a.time !== b.time) return a.time < b.time
  return a.tie !== b.tie ? a.tie < b.tie : a.sequence < b.sequence
}

/**
 * Resolves when no promise can go on by itself: all of them wait for an event. Ticks come after all microtasks, and cost a quarter of a
 * turn of the loop.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

/** Lets the timers and signals of the process in. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
