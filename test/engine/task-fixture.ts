// A task that writes down what it saw: rows in their order, and timers as they fire.
import { recordText } from '../../src/base/records.ts'
import type { Append, Log } from '../../src/contracts/log.ts'
import { blockRecord } from '../../src/engine/exchange/router.ts'
import type { StageBody } from '../../src/engine/body.ts'
import { MergeTask, type TaskInput } from '../../src/engine/merge-task.ts'
import { readPartition } from '../../src/engine/read-partition.ts'
import type { StateMemory } from '../../src/engine/state/memory.ts'
import { Timers } from '../../src/engine/state/timers.ts'
import type { TaskContext } from '../../src/engine/task-context.ts'
import { layout, linesOf } from './exchange/lane-rows.ts'

export const SPEC = { pipeline: 'p', stage: 's', number: 0, plan: 'plan' }
export const TASK_TOPICS = ['_p.stage.s.commits', '_p.stage.s.snapshots', 'out']

/** One lane an input; the last input is the stage's own. */
export function inputsOf(waits: readonly number[]): TaskInput[] {
  const lookups = waits.map((waitMs, input) => ({
    topic: `input-${input}`,
    layout,
    partitions: [0],
    waitMs,
    primary: false,
  }))
  const own = `input-${waits.length}`
  return [...lookups, { topic: own, layout, partitions: [0], waitMs: Infinity, primary: true }]
}

/** Writes rows as lines; where `timerMs` is given, each row sets a timer that many ms of event time later, which is a line when it fires. */
export function recorder(timerMs?: number): (memory: StateMemory) => StageBody {
  return (memory) => {
    const timers = new Timers(memory, 'test')
    return {
      get due(): number {
        return timers.nextTime
      },
      process: (merged, { time }) => {
        const lines = linesOf(merged)
        if (timerMs !== undefined)
          for (const line of lines) timers.push(Number(line.split(' ')[0]) + timerMs, 0)
        while (timers.nextTime <= time) {
          lines.push(`due ${timers.nextTime}`)
          timers.pop()
        }
        return lines.map((line) => written(line))
      },
    }
  }
}

function written(line: string): Append {
  return { topic: 'out', partition: 0, records: blockRecord(Buffer.from(line)) }
}

export interface Started {
  /** Undefined while it runs. */
  failure: unknown
  progress: number
  ended: boolean
}

export function start(
  context: TaskContext,
  inputs: readonly TaskInput[],
  body: (memory: StateMemory) => StageBody,
): Started {
  const started: Started = { failure: undefined, progress: -Infinity, ended: false }
  void MergeTask.open(context, SPEC, { inputs, body })
    .then((task) => task.run(({ progress, ended }) => Object.assign(started, { progress, ended })))
    .catch((error: unknown) => (started.failure = error))
  return started
}

/** What it has written. */
export async function output(log: Log): Promise<string[]> {
  const lines: string[] = []
  await readPartition(log, { topic: 'out', partition: 0, from: 0 }, (_, value) => {
    lines.push(Buffer.from(value).toString())
  })
  return lines
}

export function texts(appends: readonly Append[]): string[] {
  return appends.map(({ records }) => recordText(records, 0, 'value'))
}
