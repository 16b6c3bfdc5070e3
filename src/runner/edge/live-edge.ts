// The run as HTTP sees it. It outlives the log a run was opened on: while that is opened again, requests are told to come later.
import { ConnectorError, MillraceError } from '../../base/errors.ts'
import type {
  Edge,
  EdgeAppend,
  EdgeAppended,
  EdgeReadiness,
  FeaturesAsked,
  FeaturesTold,
  Figure,
} from '../../contracts/edge.ts'
import type { Log, PartitionInfo, ReadFrom, ReadOptions, ReadResult } from '../../contracts/log.ts'
import { deadLettersTopic, lateTopic } from '../../engine/task-names.ts'
import type { Plan } from '../../pipeline/plan.ts'
import type { Definition } from '../load-definition.ts'
import { laneLags } from '../status/lane-lags.ts'
import { figuresOf, type LogFigures, type RunFigures } from './figures.ts'
import { Intake } from './intake.ts'
import type { RunningPipeline } from './running.ts'

interface Attached {
  readonly log: Log
  readonly intake: Intake
  readonly running: RunningPipeline
}

export class LiveEdge implements Edge {
  readonly #definition: Definition
  readonly #uses: ReadonlyMap<string, 'write' | 'read'>
  #attached: Attached | undefined

  constructor(definition: Definition) {
    this.#definition = definition
    this.#uses = usesOf(definition.plan)
  }

  get pipeline(): string {
    return this.#definition.plan.pipeline
  }

  /** From now on it is that run on that log. @param place what tells it from others that take events, where there may be any. */
  attach(log: Log, running: RunningPipeline, place: string | undefined): void {
    const { plan, schemas } = this.#definition
    const byTopic = plan.streams.flatMap(({ name, topic }) => {
      const schema = schemas.get(name)
      return schema === undefined ? [] : [[topic, schema] as const]
    })
    const intake = new Intake({
      log,
      pipeline: plan.pipeline,
      place,
      schemas: new Map(byTopic),
      now: () => Date.now(),
    })
    this.#attached = { log, intake, running }
  }

  /** From now on it is none. */
  async detach(): Promise<void> {
    const attached = this.#attached
    this.#attached = undefined
    // A log that was lost closes nothing any more.
    await attached?.intake.close().catch(ignored)
  }

  useOf(topic: string): 'write' | 'read' | undefined {
    return this.#uses.get(topic)
  }

  async append(request: EdgeAppend): Promise<EdgeAppended> {
    return this.#now().intake.append(request)
  }

  async partitions(topic: string): Promise<readonly PartitionInfo[]> {
    const info = await this.#now().log.topic(topic)
    if (info === undefined) {
      throw new ConnectorError(
        'ML_TOPIC',
        `the topic '${topic}' must exist; found none yet: the run makes it when it begins`,
        { retryable: true },
      )
    }
    return info.parts
  }

  async read(from: readonly ReadFrom[], options: ReadOptions): Promise<ReadResult> {
    return this.#now().log.read(from, options)
  }

  async features(asked: FeaturesAsked): Promise<FeaturesTold | undefined> {
    return this.#now().running.features(asked)
  }

  readiness(): EdgeReadiness {
    const reasons = this.#attached?.running.unready() ?? ['the log is being opened']
    return { ready: reasons.length === 0, reasons }
  }

  async figures(): Promise<readonly Figure[]> {
    const attached = this.#attached
    if (attached === undefined) return []
    const { log, running } = attached
    const figures = running.figures()
    return figuresOf(figures, await logFigures(log, figures).catch(none))
  }

  #now(): Attached {
    if (this.#attached !== undefined) return this.#attached
    throw new ConnectorError(
      'ML_CONNECTION',
      'the log must be open; found that it is being opened: ask again in a moment',
      { retryable: true },
    )
  }
}

/** What a definition reads may be written to; what it writes may be read, too. What is Millrace's own is neither. */
function usesOf({ pipeline, streams, stages }: Plan): Map<string, 'write' | 'read'> {
  const uses = new Map<string, 'write' | 'read'>([[deadLettersTopic(pipeline), 'read']])
  for (const { emits, whens, everies } of stages) {
    for (const { topic } of everies) uses.set(topic, 'read')
    for (const { topic } of emits) uses.set(topic, 'read')
    for (const { topics } of whens) for (const topic of topics) uses.set(topic, 'read')
  }
  for (const { name, late } of streams) uses.set(lateTopic(name, late), 'read')
  for (const { topic } of streams) uses.set(topic, 'write')
  return uses
}

function ignored(error: unknown): void {
  if (!(error instanceof MillraceError)) throw error
}

/** Figures without those of the log, while it is not there. */
function none(): LogFigures {
  return { lags: [], openTransactions: undefined, now: Date.now() }
}

async function logFigures(log: Log, { tasks }: RunFigures): Promise<LogFigures> {
  const topics = await log.topics()
  const lags = await laneLags(
    log,
    tasks.flatMap(({ lanes }) => lanes),
    topics,
  )
  const now = Date.now()
  return {
    openTransactions: await log.openTransactions?.(),
    now,
    lags: tasks.map(({ lanes }) => lags.splice(0, lanes.length)),
  }
}
