// The embedded log on a simulated disk, in virtual time, for tasks that wait.
import { Prng } from '../../src/base/prng.ts'
import type { Log, Records, TopicSpec } from '../../src/contracts/log.ts'
import type { Step } from '../../src/contracts/steps.ts'
import { blockRecord } from '../../src/engine/exchange/router.ts'
import { TUNING, type TaskContext, type TaskTuning } from '../../src/engine/task-context.ts'
import { EmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { Scheduler } from '../../src/testing/scheduler.ts'
import { SimDisk } from '../../src/testing/sim-disk.ts'
import { SMALL_FILES } from '../../src/testing/sim-log.ts'

export interface VirtualLog {
  readonly scheduler: Scheduler
  readonly log: Log
  /** Lets that much time pass. */
  pass(ms: number): Promise<void>
  /** Lets time pass until the promise settles. */
  until<Value>(promise: Promise<Value>): Promise<Value>
  /** Appends to a partition. */
  write(topic: string, records: Records, partition?: number): Promise<void>
  /** Appends the value as one record. */
  append(topic: string, value: Uint8Array, partition?: number): Promise<void>
}

/** @param topics with how many partitions each, or more of it. */
export async function virtualLog(
  topics: readonly (TopicSpec | string)[],
  start = 1_000_000,
): Promise<VirtualLog> {
  const scheduler = new Scheduler({ prng: new Prng(1, 1), start })
  const disk = new SimDisk({
    prng: new Prng(1, 2),
    sleep: (ms) => scheduler.sleep(ms),
    faults: { flushMsMax: 0 },
  })
  /** Runs what only the scheduler lets go on. */
  const settle = async <Value>(promise: Promise<Value>): Promise<Value> => {
    let done = false
    const finished = promise.finally(() => (done = true))
    finished.catch(() => undefined)
    await scheduler.run(() => done)
    return finished
  }
  const log = await settle(
    EmbeddedLog.open({ disk: disk.mount(), clock: scheduler, salt: 1, ...SMALL_FILES }),
  )
  for (const topic of topics)
    await settle(
      log.ensureTopic(typeof topic === 'string' ? { name: topic, partitions: 1 } : topic),
    )
  const writer = await settle(log.openWriter('test'))
  const write = async (topic: string, records: Records, partition = 0): Promise<void> => {
    await settle(writer.append([{ topic, partition, records }]))
  }
  return {
    scheduler,
    log,
    pass: (ms) => settle(scheduler.sleep(ms)),
    until: settle,
    write,
    append: (topic, value, partition) => write(topic, blockRecord(value), partition),
  }
}

/** One life of a process: the context of its tasks, and its end. It commits nothing after it, as if it had been killed. */
export interface Life {
  readonly context: TaskContext
  /** Whether it died at a step. */
  readonly died: boolean
  /** Resolves when it dies at a step. */
  readonly death: Promise<void>
  kill(): void
}

/** @param dies asked as a step is reached; true: it dies there. */
export function life(
  { log, scheduler }: VirtualLog,
  tuning: Partial<TaskTuning> = {},
  dies: (step: Step) => boolean = () => false,
): Life {
  let dead = false
  let died = false
  const death = Promise.withResolvers<void>()
  const stop = new AbortController()
  const kill = (): void => {
    dead = true
    stop.abort()
  }
  const reach = (step: Step): void | Promise<void> => {
    if (!dead && dies(step)) {
      died = true
      kill()
      death.resolve()
    }
    return dead ? new Promise<never>(() => undefined) : undefined
  }
  const context = {
    log,
    clock: scheduler,
    steps: { reach },
    tuning: { ...TUNING, ...tuning },
    signal: stop.signal,
  }
  return {
    context,
    get died() {
      return died
    },
    death: death.promise,
    kill,
  }
}
