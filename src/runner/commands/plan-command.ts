// `millrace plan`: what a definition means, without running it and without a log.
import type { Answer, PlanCommand } from '../../contracts/commands.ts'
import { carriedFields } from '../../engine/carried-fields.ts'
import { tasksOf } from '../../engine/pipeline-tasks.ts'
import { describePlan } from '../../pipeline/describe.ts'
import { planText } from '../../pipeline/plan-text.ts'
import { loadDefinition } from '../load-definition.ts'
import { loadModels, localVersions } from '../versions/load-models.ts'

const PARTITIONS = 2

export async function plan({ file, partitions = PARTITIONS }: PlanCommand): Promise<Answer> {
  const definition = await loadDefinition(file)
  const { plan: own, schemas } = definition
  const models = await loadModels(definition, await localVersions(definition))
  const { topics } = tasksOf(own, schemas, { partitions, sources: new Map() })
  const carries = new Map(
    own.stages.map(({ name }, i) => {
      const { eventFields, features, openEnded } = carriedFields(own, schemas, i)
      return [name, { columns: [...eventFields, ...features].map((each) => each.name), openEnded }]
    }),
  )
  const description = describePlan(own, {
    partitions,
    schemas,
    topics,
    carries,
    paths: new Map([...models].map(([name, { path }]) => [name, path])),
    rates: new Map(),
  })
  return { ok: true, data: description, lines: planText(description).split('\n') }
}
