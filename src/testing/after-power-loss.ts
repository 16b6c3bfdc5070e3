// What is left of a world when the power fails for the last time: only what was durable counts.
import type { PipelineParts } from '../engine/open-task.ts'
import type { PipelineTasks } from '../engine/pipeline-tasks.ts'
import { EmbeddedLog } from '../log/embedded/embedded-log.ts'
import { LeftBehind } from './left-behind.ts'
import { observe } from './observe.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimLog } from './sim-log.ts'
import type { WorldResult } from './world-options.ts'

/** @param of `look`: whether what was left behind is kept, too. */
export async function afterPowerLoss(
  log: SimLog,
  scheduler: Scheduler,
  of: { readonly tasks: PipelineTasks; readonly parts: PipelineParts; readonly look: boolean },
): Promise<Pick<WorldResult, 'observed' | 'left'>> {
  const { disk } = log
  disk.faults.flushMsMax = 0
  disk.faults.capacity = Infinity
  disk.faults.failFlushIn = 0
  disk.crash()
  const last = log.served(await EmbeddedLog.open(log.options(disk.mount(), scheduler)))
  try {
    const { tasks, parts, look } = of
    const observed = await observe(last, parts.plan, tasks)
    const left = look ? await LeftBehind.read(last, tasks.tasks, parts) : undefined
    return { observed, left }
  } finally {
    await last.close()
  }
}
