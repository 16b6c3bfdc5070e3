// Versions of models that are quarantined, as commands and reports tell of them.
import type { QuarantineReport } from '../../contracts/run-report.ts'
import type { Log } from '../../contracts/log.ts'
import type { Plan } from '../../pipeline/plan.ts'
import { readControl, type RunEvent } from '../control.ts'
import { modelsOf } from './load-models.ts'
import { ModelStates, type VersionState } from './model-state.ts'

/** What the quarantine of these versions means for a plan. */
export function quarantineReports(
  versions: readonly VersionState[],
  plan: Plan,
): QuarantineReport[] {
  return versions.map(({ model, digest, hangs }) => {
    const own = modelsOf(plan).find(({ name }) => name === model)
    const paused = own?.runtime.options.fallback === undefined
    return { model, digest, hangs, paused }
  })
}

/** The versions that are quarantined now, of those the pipeline was last run with. */
export async function quarantinedNow(log: Log, pipeline: string): Promise<VersionState[]> {
  const states = new ModelStates()
  let run: RunEvent | undefined
  await readControl(log, 0, (event) => {
    states.apply(event)
    if (event.kind === 'run' && event.pipeline === pipeline) run = event
  })
  return states.quarantined(pipeline).filter(({ model, digest }) => run?.models[model] === digest)
}
