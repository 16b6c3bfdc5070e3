// `millrace plan`: what a definition means, without running it, and what it means for a log it has run on.
import type { Answer, PlanCommand } from '../../contracts/commands.ts'
import { carriedFields } from '../../engine/carried-fields.ts'
import { describePlan } from '../../pipeline/describe.ts'
import { planText } from '../../pipeline/plan-text.ts'
import { tasksOf } from '../../engine/pipeline-tasks.ts'
import { scaleOf, type Scale } from '../../engine/scale.ts'
import { isKafkaUrl } from '../../log/kafka/kafka-url.ts'
import { isLog } from '../../log/server/log-folder.ts'
import { folderOf } from '../../log/server/open-folder-log.ts'
import { lastLayout, reportOf } from '../changes/become-current.ts'
import type { ChangeReport } from '../changes/change-report.ts'
import { changeLines } from '../changes/change-text.ts'
import { loadDefinition, type Definition } from '../load-definition.ts'
import { sized } from '../sized.ts'
import { loadModels, localVersions } from '../versions/load-models.ts'
import { withLogToRead } from '../with-log.ts'

const PARTITIONS = 2

export async function plan({ file, log, partitions }: PlanCommand): Promise<Answer> {
  const definition = await loadDefinition(file)
  const { plan: own, schemas } = definition
  const models = await loadModels(definition, await localVersions(definition))
  const against = await againstLog(log, definition)
  const scale = against?.scale ?? { partitions: partitions ?? PARTITIONS }
  const { topics } = tasksOf(own, schemas, { ...scale, sources: new Map() })
  const carries = new Map(
    own.stages.map(({ name }, i) => {
      const { eventFields, features, openEnded } = carriedFields(own, schemas, i)
      return [name, { columns: [...eventFields, ...features].map((each) => each.name), openEnded }]
    }),
  )
  const description = describePlan(own, {
    partitions: scale.partitions,
    schemas,
    topics,
    carries,
    paths: new Map([...models].map(([name, { path }]) => [name, path])),
    rates: new Map(),
  })
  const lines = planText(description).split('\n')
  if (against === undefined) return { ok: true, data: description, lines }
  const { report } = against
  return {
    ok: true,
    data: { ...description, changes: report },
    lines: [...lines, ...changeLines(report, log), ''],
  }
}

/** undefined where there is no log, or the pipeline never ran on it. */
async function againstLog(
  url: string,
  definition: Definition,
): Promise<{ readonly scale: Scale; readonly report: ChangeReport } | undefined> {
  if (!isKafkaUrl(url) && !isLog(folderOf(url))) return undefined
  return withLogToRead(url, async (log) => {
    const was = await lastLayout(log, definition.plan.pipeline)
    if (was === undefined) return undefined
    const scale = scaleOf(was.shape)
    const { tasks, sources } = await sized(log, definition, scale)
    const { report } = await reportOf(log, was.shape, { definition, tasks, ...scale, sources })
    return { scale, report }
  })
}
