// Before a supervisor joins others that run the pipeline: it must have the plan and the models that they have. What they run is not changed
// under them; where nobody is there, its plan becomes the current one.
import { setTimeout as sleep } from 'node:timers/promises'
import { StateError } from '../../base/errors.ts'
import type { Log } from '../../contracts/log.ts'
import type { Member } from '../../contracts/membership.ts'
import { readGroup } from '../../log/open-membership.ts'
import { lastRun } from '../control.ts'
import { isGoneHere } from '../gone-here.ts'
import type { Definition } from '../load-definition.ts'
import { originDifferences } from '../provenance/origin-differences.ts'
import { digestOf } from '../versions/artefacts.ts'
import type { ModelBytes } from '../versions/load-models.ts'

/** A little more than a session: whoever was killed is out of the group by then. */
const PATIENCE_MS = 12_000
const AGAIN_MS = 500

export interface Joining {
  readonly log: Log
  /** Where the log lives. */
  readonly url: string
  readonly definition: Definition
  readonly versions: ModelBytes
}

/**
 * @returns whether others run the pipeline, with the same plan.
 * @throws StateError ML_STATE when they run another one.
 */
export async function joinsOthers(of: Joining): Promise<boolean> {
  const { pipeline } = of.definition.plan
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    const group = await readGroup(of.url, pipeline)
    const members = group?.members.filter((each) => !isGoneHere(each)) ?? []
    if (members.length === 0) return false
    const differences = await differencesTo(of)
    if (differences === undefined) {
      checkEdges(of.definition, members)
      return true
    }
    // They may have been killed, or are on their way out.
    if (performance.now() > until) throw refused(of, members, differences)
    await sleep(AGAIN_MS)
  }
}

/** In what the definition, or a model, is another than the one that was run last; undefined: in nothing. */
export async function differencesTo({
  log,
  definition,
  versions,
}: Joining): Promise<string[] | undefined> {
  const { plan, origin } = definition
  const run = await lastRun(log, plan.pipeline)
  if (run === undefined) return ['no run is recorded']
  if (run.plan !== plan.digest) return originDifferences(run.origin, origin)
  const models = [...versions].flatMap(([name, bytes]) =>
    run.models[name] === digestOf(bytes) ? [] : [`model '${name}' is another`],
  )
  return models.length === 0 ? undefined : models
}

function refused(
  { definition }: Joining,
  members: readonly Member[],
  differences: readonly string[],
): StateError {
  const { file, plan } = definition
  return new StateError(
    'ML_STATE',
    `${file} must be the same for all that run '${plan.pipeline}'; found another than that of ${namesOf(members)} (${differences.join(', ') || 'of the same files'}); start it with theirs, or stop all of them first`,
  )
}

/** Files are at one machine; the topics are everybody's. */
function checkEdges({ plan, file }: Definition, members: readonly Member[]): void {
  if (plan.fileSources.length === 0 && plan.fileSinks.length === 0) return
  throw new StateError(
    'ML_STATE',
    `a pipeline that reads or writes files must run at one supervisor; found ${namesOf(members)} at work on '${plan.pipeline}'; stop it first, or let ${file} name topics, and copy with millrace import and export`,
  )
}

function namesOf(members: readonly Member[]): string {
  return members.map(({ name }) => name).join(', ')
}
