// The pipelines of the simulator under seeds: twenty seeds share their inputs, and the run without faults they are compared with, which is compared
// with the oracle.
import type { Plan } from '../../src/pipeline/plan.ts'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import { definitionOf } from '../../src/runner/load-definition.ts'
import { loadModels, localVersions } from '../../src/runner/versions/load-models.ts'
import { ModelMetrics } from '../../src/runner/model-metrics.ts'
import { referenceRun } from '../../src/testing/oracle.ts'
import { difference, type Outcome } from '../../src/testing/outcome.ts'
import { calmRun, stormRun, type Subject } from '../../src/testing/calm-and-storm.ts'
import type { WorldResult } from '../../src/testing/world-options.ts'
import { Prng } from '../../src/base/prng.ts'
import { SparseOffsets } from '../../src/testing/sparse-log.ts'
import { generate } from './generate.ts'
import type { Pipeline } from '../../src/index.ts'
import { marketPipeline } from './market.ts'
import { learningPipeline, shopPipeline } from './shop.ts'

const SEEDS_PER_INPUT = 20
/** The inputs of a run have far fewer records. */
const LAST_OFFSETS = Number.MAX_SAFE_INTEGER - 100_000
/** The pipeline whose first stage reads its source itself. */
const KEYED = 2
/** Of so many inputs one goes to the pipeline with a model that learns: it takes longer, because who predicts waits for who learns. */
const LEARNING = 40
/** Digests of versions that a run may go on with. */
const VERSIONS = ['0123456789ab', 'fedcba987654'].map((digits) => digits.padEnd(64, '0'))

export interface SeedRun {
  readonly seed: number
  readonly events: number
  readonly storm: WorldResult
}

/** Prepares the pipelines once for any number of seeds. */
export async function shopRuns(): Promise<
  (seed: number, tell?: (line: string) => void) => Promise<SeedRun>
> {
  const [shop, market, learning] = await Promise.all(
    [shopPipeline, marketPipeline, learningPipeline].map(prepare),
  )
  const prepared = [shop, market, { ...shop, plan: keyedPayments(shop.plan) }]
  let last: { of: number; subject: Subject; events: number; calm: WorldResult } | undefined

  const begin = async (of: number): Promise<NonNullable<typeof last>> => {
    const prng = new Prng(of, 13)
    // What costs the most is the rarest.
    const partitions = prng.pick([1, 1, 2])
    const which = prng.below(LEARNING) === 0 ? undefined : prng.below(prepared.length)
    const inputs = generate(of, undefined, which === KEYED ? partitions : undefined)
    const { plan, schemas, models } = which === undefined ? learning : prepared[which]
    // On a third of the inputs offsets have holes, as on Kafka; of these, half are at the end of what a double counts.
    const offsets =
      prng.below(3) > 0 ? undefined : new SparseOffsets(of, of % 2 === 0 ? 0 : LAST_OFFSETS)
    const places = { partitions, ...(offsets === undefined ? {} : { offsets }) }
    const subject = {
      plan,
      schemas,
      models,
      versions: VERSIONS,
      metrics: (...own: ConstructorParameters<typeof ModelMetrics>) => new ModelMetrics(...own),
      inputs,
      ...places,
    }
    const calm = await calmRun(subject, of)
    const { states: _, ...outcome } = calm.observed
    const found = difference(referenceRun(plan, inputs, places), outcome satisfies Outcome)
    if (found !== undefined)
      throw new RangeError(
        `without faults the engine must give what the oracle says; over inputs ${of} it does not: ${found}`,
      )
    const ends = [...inputs.values()].flat().length
    return { of, subject, events: [...inputs.values()].flat(2).length - ends, calm }
  }

  return async (seed, tell) => {
    const of = Math.floor(seed / SEEDS_PER_INPUT)
    if (last?.of !== of) last = await begin(of)
    const { subject, calm, events } = last
    const storm = await stormRun(subject, calm, tell === undefined ? { seed } : { seed, tell })
    return { seed, events, storm }
  }
}

/** The payments lie where their keys belong. */
function keyedPayments(plan: Plan): Plan {
  const streams = plan.streams.map((stream) =>
    stream.name === plan.from ? { ...stream, partitionedByKey: true } : stream,
  )
  return { ...plan, streams }
}

async function prepare(of: Pipeline): Promise<Pick<Subject, 'plan' | 'schemas' | 'models'>> {
  const { plan, schemas } = definitionOf(planOf(of))
  const versions = await localVersions({ plan, folder: '.' })
  return { plan, schemas, models: await loadModels({ plan, schemas }, versions) }
}
