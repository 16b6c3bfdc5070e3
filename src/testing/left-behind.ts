// What a simulated run left in its log beside what is compared: reasons of dead letters, and states that can be asked.
import { headerValue, recordText } from '../base/records.ts'
import { murmur2, partitionOf } from '../base/murmur2.ts'
import type { Log } from '../contracts/log.ts'
import type { Seen } from '../engine/look.ts'
import { directBody, mergeBody, type PipelineParts } from '../engine/open-task.ts'
import { isOfStage, type TaskPlan } from '../engine/task-plan.ts'
import { restore } from '../engine/recovery.ts'
import type { StateMemory } from '../engine/state/memory.ts'
import { TUNING } from '../engine/task-context.ts'
import { deadLettersTopic } from '../engine/task-names.ts'

/** A task of a stage, as its last commit left it. */
interface LeftTask {
  readonly plan: TaskPlan & { readonly kind: 'stage' | 'direct' }
  readonly memory: StateMemory
  readonly reached: number
}

export class LeftBehind {
  /** By stage and origin. */
  readonly #reasons: ReadonlyMap<string, string>
  readonly #tasks: readonly LeftTask[]
  readonly #parts: PipelineParts
  readonly #log: Log

  private constructor(of: {
    reasons: ReadonlyMap<string, string>
    tasks: readonly LeftTask[]
    parts: PipelineParts
    log: Log
  }) {
    this.#reasons = of.reasons
    this.#tasks = of.tasks
    this.#parts = of.parts
    this.#log = of.log
  }

  static async read(
    log: Log,
    plans: readonly TaskPlan[],
    parts: PipelineParts,
  ): Promise<LeftBehind> {
    const tasks: LeftTask[] = []
    for (const plan of plans) {
      if (!isOfStage(plan)) continue
      const { memory, last } = await restore(log, plan.spec)
      tasks.push({ plan, memory, reached: last?.progress ?? -Infinity })
    }
    return new LeftBehind({ reasons: await reasonsOf(log, parts.plan.pipeline), tasks, parts, log })
  }

  /** Why an event was set aside. */
  reason(stage: string, origin: string): string {
    return this.#reasons.get(`${stage} ${origin}`) ?? ''
  }

  /** Features of a key as a row that only reads would have them at the end; undefined for a key that is not kept. */
  features(set: string, key: string): Seen | undefined {
    const keeps = (task: LeftTask): boolean => {
      const { own, lookups } = task.plan.stage
      return [...own, ...lookups].some((use) => use.set.name === set)
    }
    const all = this.#tasks.filter(keeps)
    const stage =
      all.find(({ plan }) => plan.stage.own.some((use) => use.set.name === set)) ?? all[0]
    const own = all.filter(({ plan }) => plan.stage === stage.plan.stage)
    const bytes = new TextEncoder().encode(key)
    const task = own.find(
      ({ plan }) => plan.spec.number === partitionOf(murmur2(bytes), own.length),
    )
    if (task === undefined) throw new RangeError(`no stage keeps the features '${set}'`)
    const of = { log: this.#log, sealRows: TUNING.sealRows, parts: this.#parts }
    const { memory, plan, reached } = task
    const body =
      plan.kind === 'direct' ? directBody(memory, plan, of).stage : mergeBody(memory, plan, of)
    return body.look?.({ set, key: bytes, at: undefined }, reached)
  }
}

async function reasonsOf(log: Log, pipeline: string): Promise<Map<string, string>> {
  const reasons = new Map<string, string>()
  const topic = deadLettersTopic(pipeline)
  for (const [partition, { start, end }] of ((await log.topic(topic))?.parts ?? []).entries()) {
    for (let offset = start; offset < end;) {
      const read = { maxBytes: 4 << 20, maxWaitMs: 0 }
      const { runs, next } = await log.read([{ topic, partition, offset }], read)
      offset = next[0].offset
      for (const { records } of runs) {
        for (let row = 0; row < records.count; row++) {
          const headers = recordText(records, row, 'headers')
          const header = (name: string): string => headerValue(headers, `millrace-${name}`) ?? ''
          reasons.set(`${header('stage')} ${header('origin')}`, header('reason'))
        }
      }
    }
  }
  return reasons
}
