// `millrace plan`: what a definition means, without running it and without a log.
import type { Answer, PlanCommand } from '../contracts/commands.ts'
import { tasksOf } from '../engine/pipeline-tasks.ts'
import { eventFields, featureFields } from '../engine/row-fields.ts'
import { describePlan } from '../pipeline/describe.ts'
import { planText } from '../pipeline/plan-text.ts'
import { loadDefinition } from './load-definition.ts'
import { loadModels, localVersions } from './load-models.ts'

const PARTITIONS = 2

export async function plan({ file, partitions = PARTITIONS }: PlanCommand): Promise<Answer> {
  const definition = await loadDefinition(file)
  const { plan: own, schemas } = definition
  const models = await loadModels(definition, await localVersions(definition))
  const { topics } = tasksOf(own, schemas, { partitions, sources: new Map() })
  const from = schemas.get(own.from)
  const carries = new Map(
    own.stages.map((stage, i) => [
      stage.name,
      [
        ...(from === undefined ? [] : eventFields(from)),
        ...own.stages.slice(0, i).flatMap((before) => featureFields(before, own.streams, schemas)),
      ].map(({ name }) => name),
    ]),
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
