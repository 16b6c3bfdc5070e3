// What a run to the end of its inputs waits for when nothing comes.
import { sourceStage } from '../engine/stage-names.ts'
import type { Plan } from '../pipeline/plan.ts'
import type { StageStatus } from './stage-status.ts'

/** undefined where every source has ended. */
export function endNote(
  { stages }: { readonly stages: readonly StageStatus[] },
  { streams }: Plan,
): string | undefined {
  const open = streams.flatMap(({ name, topic }) => {
    const stage = stages.find((each) => each.stage === sourceStage(name))
    if (stage === undefined || stage.ended) return []
    return [(stage.counts['records'] ?? 0) === 0 ? `${topic} (empty)` : topic]
  })
  if (open.length === 0) return undefined
  return `waits for the end of ${open.join(', ')}: millrace topics write TOPIC --end says it`
}
