// The connection of one simulated process to the log process: what is asked and answered takes virtual time, in order, as over a
// socket; requests are delayed and come twice, answers are lost. A dead process hears nothing any more.
import { ConnectorError } from '../base/errors.ts'
import type { Prng } from '../base/prng.ts'
import type {
  Append,
  EnsureOptions,
  Log,
  ReadFrom,
  ReadOptions,
  ReadResult,
  Records,
  TopicInfo,
  TopicSpec,
  Writer,
  WriterOptions,
} from '../contracts/log.ts'
import type { Scheduler } from './scheduler.ts'
import type { ServedLog } from './sparse-log.ts'

/** How bad the network is: probabilities a call, and virtual ms. */
export interface NetworkFaults {
  readonly latencyMsMax: number
  readonly delayed: number
  readonly delayMsMax: number
  readonly duplicated: number
  readonly replyLost: number
}

export const GOOD_NETWORK: NetworkFaults = {
  latencyMsMax: 0.2,
  delayed: 0,
  delayMsMax: 0,
  duplicated: 0,
  replyLost: 0,
}

export interface SimConnectionOptions {
  readonly scheduler: Scheduler
  readonly prng: Prng
  /** How bad it is now. */
  readonly faults: () => NetworkFaults
  /** The process, in the trace. */
  readonly name: string
  /** Told of each fault that fired. */
  readonly fired: (fault: 'delayed' | 'duplicated' | 'replyLost') => void
}

const STOPPED = 'stopped'

interface Call {
  readonly what: string
  readonly reject: (error: Error) => void
}

export class SimConnection implements Log {
  readonly #log: ServedLog
  readonly #options: SimConnectionOptions
  readonly #pending = new Set<Call>()
  readonly #hangUp = new AbortController()
  #state: 'open' | 'broken' | 'dead' = 'open'
  #down = false
  /** What is on its way, in order: of two that arrive at one moment, the one that was sent first comes first. */
  readonly #requests: (() => void)[] = []
  readonly #replies: (() => void)[] = []
  #lastRequest = 0
  #lastReply = 0

  constructor(log: ServedLog, options: SimConnectionOptions) {
    this.#log = log
    this.#options = options
  }

  get alive(): boolean {
    return this.#state !== 'dead'
  }

  /** What is asked and not answered. */
  get pending(): readonly string[] {
    return [...this.#pending].map(({ what }) => what)
  }

  /** The process dies: nothing it asked for is ever answered. What is on its way still arrives. */
  kill(): void {
    this.#state = 'dead'
    this.#pending.clear()
    this.#hangUp.abort(STOPPED)
  }

  /**
   * The connection breaks: every call fails, and says nothing about what happened.
   * @param down the log process is gone: what is on its way arrives nowhere.
   */
  break(down = false): void {
    this.#down ||= down
    if (this.#state !== 'open') return
    this.#state = 'broken'
    for (const call of this.#pending) this.#refuse(call)
    this.#hangUp.abort(STOPPED)
  }

  ensureTopic(spec: TopicSpec, options?: EnsureOptions): Promise<void> {
    return this.#call(`topic ${spec.name}`, (log) => log.ensureTopic(spec, options))
  }

  topics(): Promise<readonly TopicInfo[]> {
    return this.#call('topics', (log) => log.topics(), { twice: true })
  }

  topic(name: string): Promise<TopicInfo | undefined> {
    return this.#call(`topic ${name}`, (log) => log.topic(name), { twice: true })
  }

  async openWriter(id: string, options?: WriterOptions): Promise<Writer> {
    const { epoch } = await this.#call(`open ${id}`, (log) => log.openWriter(id, options))
    let sequence = 0
    let last: Promise<unknown> = Promise.resolve()
    return {
      id,
      epoch,
      append: (appends) => {
        const call = { id, epoch, sequence: ++sequence }
        const copies = appends.map(copied)
        const answer = this.#call(
          `append ${id} ${epoch}.${call.sequence}`,
          (log) => log.appendFor(call, copies),
          { twice: true },
        )
        last = answer.catch(() => undefined)
        return answer
      },
      close: async () => {
        await last
      },
    }
  }

  read(from: readonly ReadFrom[], options: ReadOptions): Promise<ReadResult> {
    const { signal } = options
    const places = from.map((each) => ({ ...each }))
    const own = new AbortController()
    // A reason of its own: the default one is an error with a stack, made each time.
    const stop = (): void => own.abort(STOPPED)
    for (const each of [signal, this.#hangUp.signal]) {
      if (each?.aborted === true) stop()
      else each?.addEventListener('abort', stop, { once: true })
    }
    return this.#call('read', async (log) => {
      try {
        return await log.read(places, { ...options, signal: own.signal })
      } finally {
        for (const each of [signal, this.#hangUp.signal]) each?.removeEventListener('abort', stop)
      }
    })
  }

  trim(topic: string, partition: number, before: number): Promise<void> {
    return this.#call(`trim ${topic}/${partition} ${before}`, (log) =>
      log.trim(topic, partition, before),
    )
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #call<Answer>(
    what: string,
    ask: (log: ServedLog) => Promise<Answer>,
    options: { readonly twice?: boolean } = {},
  ): Promise<Answer> {
    const { scheduler, prng, name, fired } = this.#options
    const faults = this.#options.faults()
    return new Promise((resolve, reject) => {
      const call: Call = { what, reject }
      if (this.#state === 'dead') return
      this.#pending.add(call)
      if (this.#state === 'broken') {
        this.#refuse(call)
        return
      }
      this.#lastRequest = Math.max(this.#lastRequest, scheduler.monotonic() + this.#latency())
      const wait = this.#lastRequest - scheduler.monotonic()
      if (options.twice === true && prng.chance(faults.duplicated)) {
        fired('duplicated')
        const again = wait + prng.next() * (faults.latencyMsMax + faults.delayMsMax)
        scheduler.after(again, `${name} ${what} again`, () => {
          if (!this.#down) void ask(this.#log).catch(ignored)
        })
      }
      this.#requests.push(() => {
        scheduler.trace.note(`${scheduler.monotonic().toFixed(3)} ${name} ${what}`)
        if (this.#down) return
        ask(this.#log).then(
          (answer) => this.#reply(call, () => resolve(answer)),
          (error: unknown) => this.#reply(call, () => reject(error)),
        )
      })
      scheduler.after(wait, '', () => this.#requests.shift()?.())
    })
  }

  #reply(call: Call, settle: () => void): void {
    const { scheduler, prng, faults, fired } = this.#options
    if (this.#state !== 'open') return
    if (prng.chance(faults().replyLost)) {
      fired('replyLost')
      this.break()
      return
    }
    this.#lastReply = Math.max(this.#lastReply, scheduler.monotonic() + this.#latency())
    this.#replies.push(() => {
      if (this.#state === 'open' && this.#pending.delete(call)) settle()
    })
    scheduler.after(this.#lastReply - scheduler.monotonic(), '', () => this.#replies.shift()?.())
  }

  #refuse(call: Call): void {
    const { scheduler, name, faults, prng } = this.#options
    scheduler.after(prng.next() * faults().latencyMsMax, `${name} ${call.what} lost`, () => {
      if (this.#pending.delete(call))
        call.reject(
          new ConnectorError(
            'ML_CONNECTION',
            'the connection to the log must hold; found it broken: open the log again',
            { retryable: true },
          ),
        )
    })
  }

  #latency(): number {
    const { prng, fired } = this.#options
    const faults = this.#options.faults()
    const latency = prng.next() * faults.latencyMsMax
    if (!prng.chance(faults.delayed)) return latency
    fired('delayed')
    return latency + prng.next() * faults.delayMsMax
  }
}

function ignored(): void {
  // Nobody waits for the answer to a duplicate.
}

/** Records as they are when the call is made: the caller reuses its buffers at once. */
function copied({ topic, partition, records }: Append): Append {
  const { count, times, keys, keyEnds, values, valueEnds, headers, headerEnds } = records
  const copy: Records = {
    count,
    times: times.slice(0, count),
    keyEnds: keyEnds.slice(0, count + 1),
    keys: Uint8Array.from(keys.subarray(0, keyEnds[count])),
    valueEnds: valueEnds.slice(0, count + 1),
    values: Uint8Array.from(values.subarray(0, valueEnds[count])),
    headerEnds: headerEnds.slice(0, count + 1),
    headers: Uint8Array.from(headers.subarray(0, headerEnds[count])),
  }
  return { topic, partition, records: copy }
}
