// The state of a task of a stage that has another number of tasks than before: of what its tasks had, the keys that now belong to it.
// State is by key, so that nothing else of it has to be known: a set finds what it keeps of a key in any task's memory.
import { partitionOf } from '../../base/murmur2.ts'
import type { Log } from '../../contracts/log.ts'
import type { Plan, SetUse } from '../../pipeline/plan.ts'
import type { EventSchema } from '../../schema/event-schema.ts'
import type { TaskPlan } from '../task-plan.ts'
import { restore } from '../recovery.ts'
import { setInputs } from '../row-fields.ts'
import { setCounts } from '../state/counts.ts'
import { StateMemory } from '../state/memory.ts'
import { Periods } from '../state/periods.ts'
import { SetState } from '../state/set-state.ts'
import { latenessOf, slackOf } from './shape.ts'
import type { Seed } from './seed.ts'

export interface MoveOf {
  readonly plan: Plan
  readonly schemas: ReadonlyMap<string, EventSchema>
  readonly task: TaskPlan & { kind: 'stage' | 'direct' }
}

/** @throws StateError ML_OFFSET_GONE when a part is no longer kept. */
export async function movedMemory(log: Log, seed: Seed, of: MoveOf): Promise<StateMemory> {
  const { task } = of
  const into = new StateMemory()
  const others: StateMemory[] = []
  for (const { stage, task: number, commit, regions, moves: isMoved } of seed.parts) {
    if (commit === 0) continue
    const { memory } = await restore(log, { ...task.spec, stage, number }, commit)
    if (isMoved !== true) {
      into.carry(memory, regions)
      continue
    }
    const other = new StateMemory()
    other.carry(memory, regions)
    others.push(other)
  }
  const { own, lookups } = task.stage
  for (const use of [...own, ...lookups]) moveSet(use, { into, others, of })
  if (!into.has('counts')) setCounts(into, seed.counts)
  return into
}

function moveSet(
  use: SetUse,
  { into, others, of }: { into: StateMemory; others: readonly StateMemory[]; of: MoveOf },
): void {
  const { plan, schemas, task } = of
  const { set } = use
  const having = others.filter((memory) => memory.has(`set/${set.name}/about`))
  const schema = schemas.get(set.stream)
  if (having.length === 0 || schema === undefined) return
  const { number } = task.spec
  const belongs = (hash: number): boolean => partitionOf(hash, task.tasks) === number
  const inputs = setInputs(set, schema)
  const stateIn = (memory: StateMemory): SetState =>
    new SetState(memory, set, {
      slackMs: slackOf(plan, set),
      inputKinds: inputs.places.map((place) => inputs.fields[place].kind),
      tasks: task.tasks,
    })
  stateIn(into).takeKeys(having.map(stateIn), belongs, number === 0)
  for (const { topic, periodMs } of task.stage.everies.filter((every) => every.set === use.as)) {
    const slackMs = latenessOf(plan, set)
    const periodsIn = (memory: StateMemory): Periods =>
      new Periods(memory, `every/${topic}`, { periodMs, slackMs })
    periodsIn(into).take(having.map(periodsIn), belongs)
  }
}
