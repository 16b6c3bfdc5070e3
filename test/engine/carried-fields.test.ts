import { describe, expect, it } from 'vitest'
import { carriedFields } from '../../src/engine/carried-fields.ts'
import { pipeline, topic, type Pipeline } from '../../src/index.ts'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import type { Plan } from '../../src/pipeline/plan.ts'
import { ModelMetrics } from '../../src/runner/model-metrics.ts'
import { loadModels, localVersions } from '../../src/runner/versions/load-models.ts'
import { compileSchema } from '../../src/schema/compile-schema.ts'
import type { EventSchema } from '../../src/schema/event-schema.ts'
import { NO_FAULTS, setupOf } from '../../src/testing/faults.ts'
import { referenceRun } from '../../src/testing/oracle.ts'
import { difference } from '../../src/testing/outcome.ts'
import { runWorld } from '../../src/testing/world.ts'
import { generate } from '../simulation/generate.ts'
import { card, device, fraud, payments, shop, shopPipeline } from '../simulation/shop.ts'

const PARTITIONS = 2

const chain = pipeline('slim')
  .from(payments)
  .features(card)
  .features(shop, { by: (p) => p.shop, wait: 'forever' })
  .features(device, { by: ({ device: own }) => own ?? '', wait: 'forever' })
  .predict(fraud)

/** Every output names what it takes. */
const slim = chain.emit(topic('scores'), ({ prediction: { score }, features: f }) => [
  score,
  f.quiet ?? null,
])
const named = chain.emit(topic('scores'), ({ prediction }) => prediction.score)
const plain = chain.emit(topic('scores'), (row) => row.features.count1m)
const nested = chain.emit(topic('scores'), (row) => row.event.place.country.length)
const whole = chain.emit(topic('scores'), (row) => row.prediction.score + 1)

function schemasOf({ streams }: Plan): ReadonlyMap<string, EventSchema> {
  return new Map(streams.map(({ name, schema }) => [name, compileSchema(schema, name)]))
}

/** Columns that rows bring into each stage. */
function carried(of: Pipeline): string[][] {
  const plan = planOf(of)
  return plan.stages.map((_, i) => {
    const { eventFields, features } = carriedFields(plan, schemasOf(plan), i)
    return [...eventFields, ...features].map(({ name }) => name)
  })
}

function openEnded(of: Pipeline): readonly string[] {
  const plan = planOf(of)
  return carriedFields(plan, schemasOf(plan), plan.stages.length - 1).openEnded
}

const IDS = ['event.id', 'event.card']
const CARD = [
  'amount',
  'online',
  'count1m',
  'sum2m',
  'max3m',
  'gap',
  'country',
  'recent',
  'pace',
  'online2m',
  'shops4m',
  'shops3m',
  'usual',
  'firstShop',
  'places',
  'amounts',
  'spread',
  'where',
  'bucket',
  'both',
]
const SHOP = ['frauds5m', 'cents2m', 'least']

describe('rows', () => {
  it('carry what the stage or a later one reads, and nothing else', () => {
    expect(carried(named)).toEqual([
      [
        'event.id',
        'event.at',
        'event.card',
        'event.shop',
        'event.device',
        'event.amount',
        'event.place.country',
        'event.place.online',
      ],
      ['event.id', 'event.card', 'event.device', ...CARD],
      [...IDS, ...CARD, ...SHOP],
    ])
    expect(carried(plain)[2]).toEqual([...IDS, ...CARD, ...SHOP])
  })

  it('carry the field that a path leads through', () => {
    expect(carried(nested)[2]).toEqual([...IDS, 'event.place.country', ...CARD, ...SHOP])
  })

  it('carry everything where a later step may read anything, and say which step that is', () => {
    expect(carried(whole)[2]).toContain('event.at')
    expect(openEnded(whole)).toEqual(['the body of .emit to scores'])
    expect(openEnded(shopPipeline)).toEqual(['the whole rows that .when writes to blocked'])
    expect(openEnded(named)).toEqual([])
    expect(openEnded(nested)).toEqual([])
    // It takes the row apart in a way that is not known by heart.
    expect(openEnded(slim)).toEqual(['the body of .emit to scores'])
  })

  it.each([
    ['all that there is', shopPipeline],
    ['what its outputs name', named],
  ])(
    'give the same outputs and dead letters as the reference when they carry %s',
    async (_, of) => {
      const plan = planOf(of)
      const schemas = schemasOf(plan)
      const inputs = generate(7)
      const versions = await localVersions({ plan, folder: '.' })
      const { observed } = await runWorld({
        seed: 7,
        plan,
        schemas,
        models: await loadModels({ plan, schemas }, versions),
        metrics: (memory) => new ModelMetrics(memory),
        inputs,
        partitions: PARTITIONS,
        setup: setupOf(7),
        faults: NO_FAULTS,
      })
      const expected = referenceRun(plan, inputs, { partitions: PARTITIONS })
      const letters = expected.deadLetters.filter((line) => line.includes('.device'))
      expect(letters.length).toBeGreaterThan(0)
      expect(observed.deadLetters).toEqual(expected.deadLetters)
      expect(difference(expected.outputs, observed.outputs)).toBeUndefined()
      expect(difference(expected.receipts, observed.receipts)).toBeUndefined()
      expect(difference(expected.examples, observed.examples)).toBeUndefined()
    },
  )
})
