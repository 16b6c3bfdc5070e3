// The topics of other clusters at the edge of a pipeline that runs: those its streams come from are copied into their topics, those its
// outputs go to are fed from theirs, beside the tasks and apart from them. Each is done by one supervisor, that of a certain task.
import { setTimeout as sleep } from 'node:timers/promises'
import { FencedError, MillraceError } from '../../base/errors.ts'
import type { Log } from '../../contracts/log.ts'
import type { Sink } from '../../contracts/sink.ts'
import type { Source } from '../../contracts/source.ts'
import { kafkaSink } from '../../log/kafka/kafka-sink.ts'
import type { KafkaSinkPlan, KafkaSourcePlan } from '../../pipeline/plan.ts'
import { asMillraceError } from '../as-millrace-error.ts'
import type { Definition } from '../load-definition.ts'
import { copySources, type CopyProgress } from './copy-source.ts'
import { feedSink } from './feed-sink.ts'
import { errorAt, gapOf, placeOf, sourceAt } from './kafka-places.ts'

/** Before a cluster that did not answer is asked again. */
const AGAIN_MS = 500
/** How long whoever took the work over is left alone with it. */
const OTHER_MS = 5_000

export interface KafkaEdgesOptions {
  readonly log: Log
  /** Whether the work of that number, from 0, is this supervisor's. */
  readonly isOwn: (number: number) => boolean
  /** Told what stopped one of them; the others go on. */
  readonly failed: (error: MillraceError) => void
  /** Told how far a topic is read. */
  readonly onReading: ((progress: CopyProgress) => void) | undefined
}

interface Edge {
  readonly work: (signal: AbortSignal) => Promise<void>
  /** Of what is at work. */
  stop: AbortController | undefined
  running: Promise<void>
  done: boolean
}

export class KafkaEdges {
  readonly #options: KafkaEdgesOptions
  readonly #folder: string
  readonly #edges: readonly Edge[]
  /** Places that do not answer, and what was found there. */
  readonly #away = new Map<string, string>()
  #failure: MillraceError | undefined
  #finishing = false

  constructor({ plan, folder }: Pick<Definition, 'plan' | 'folder'>, options: KafkaEdgesOptions) {
    this.#options = options
    this.#folder = folder
    this.#edges = [
      ...plan.kafkaSources.map((each) => (signal: AbortSignal) => this.#copyIn(each, signal)),
      ...plan.kafkaSinks.map((each) => (signal: AbortSignal) => this.#writeOut(each, signal)),
    ].map((work) => ({ work, stop: undefined, running: Promise.resolve(), done: false }))
  }

  /** What does not answer now, and is waited for. */
  get away(): readonly string[] {
    return [...this.#away.values()]
  }

  /** Begins what has become this supervisor's, and ends what no longer is. */
  look(): void {
    if (this.#finishing) return
    for (const [number, edge] of this.#edges.entries()) {
      const own = this.#options.isOwn(number)
      if (own && edge.stop === undefined && !edge.done) this.#begin(edge)
      else if (!own) edge.stop?.abort()
    }
  }

  /** No more is copied in; what is in the topics of outputs is written out. @returns what stopped one of them. */
  async finish(): Promise<MillraceError | undefined> {
    this.#finishing = true
    for (const { stop } of this.#edges) stop?.abort()
    await Promise.all(this.#edges.map(({ running }) => running))
    return this.#failure
  }

  #begin(edge: Edge): void {
    const stop = new AbortController()
    edge.stop = stop
    edge.running = this.#run(edge, stop.signal)
  }

  async #run(edge: Edge, signal: AbortSignal): Promise<void> {
    await edge.running
    try {
      await edge.work(signal)
      edge.done = !signal.aborted
    } catch (error) {
      // Whoever has it now goes on.
      if (!(error instanceof FencedError && signal.aborted)) {
        edge.done = true
        const failure = asMillraceError(error, 'what comes and goes at the edge must be copied')
        this.#failure ??= failure
        this.#options.failed(failure)
      }
    }
    edge.stop = undefined
    this.look()
  }

  #copyIn(plan: KafkaSourcePlan, signal: AbortSignal): Promise<void> {
    const source = sourceAt(plan, this.#folder)
    const { name } = source
    const { log, onReading } = this.#options
    const answering: Source = {
      name,
      open: (from) => this.#answers(name, source.open(from)),
    }
    return this.#persist(name, signal, async () => {
      await copySources(log, [answering], {
        topic: plan.topic,
        partitions: undefined,
        places: undefined,
        end: plan.end,
        signal,
        ...(onReading === undefined ? {} : { onProgress: onReading }),
      })
    })
  }

  #writeOut(plan: KafkaSinkPlan, signal: AbortSignal): Promise<void> {
    const { name, brokers, config } = placeOf(plan, this.#folder)
    const sink = kafkaSink({ name, brokers, topic: plan.name, config, of: plan.topic })
    const answering: Sink = {
      name,
      start: sink.start,
      open: (at) => this.#answers(name, sink.open(at)),
    }
    const begin = (): Promise<void> => Promise.resolve()
    return this.#persist(name, signal, () =>
      feedSink(this.#options.log, { topic: plan.topic, sink: answering, begin, finish: signal }),
    )
  }

  /** What could be opened answers, also where nothing comes or goes yet. */
  async #answers<Opened>(place: string, opening: Promise<Opened>): Promise<Opened> {
    const opened = await opening
    this.#away.delete(place)
    return opened
  }

  /** Until it is done: a cluster that is away is waited for, and whoever else does the work may end. */
  async #persist(place: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await work()
        return
      } catch (error) {
        if (signal.aborted || !(error instanceof MillraceError)) throw errorAt(place, error)
        if (error instanceof FencedError) {
          await sleep(OTHER_MS, undefined, { signal }).catch(() => {})
          if (signal.aborted) return
          continue
        }
        if (!error.retryable) throw gapOf(place, error)
        this.#away.set(place, `${place}: ${error.message}`)
      }
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => {})
    }
  }
}
