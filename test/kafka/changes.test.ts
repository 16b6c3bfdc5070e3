// Source topics on a real Kafka, as others change them: records that are deleted, topics that are made again, partitions that are added.
import { Admin } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askChild } from '../e2e/ask-child.ts'
import { failureOf, FILE, gapStory } from '../e2e/gap-scenario.ts'
import { growingStory } from '../e2e/growing-scenario.ts'
import { writeOrders } from '../e2e/order-folders.ts'
import { rescaleStory } from '../e2e/rescale-scenario.ts'
import { plan } from '../../src/runner/commands/plan-command.ts'
import { gone } from './gone.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'

const MINUTES = 300_000

describe.skipIf(!hasKafka)('sources and stages on a real Kafka (needs Java 17 and Maven)', () => {
  let broker: KafkaBroker
  beforeAll(async () => {
    broker = await startKafka()
  }, MINUTES)
  afterAll(() => broker.dispose())

  it(
    'stop a run whose next records were deleted, which goes on only by command; and a topic that was made again stops it for good',
    async () => {
      const log = `kafka://${broker.address}/gap.`
      const { refused, status, taken, written, explained, again } = await gapStory(log)
      expect(refused).toMatch(
        /topic 'orders', partition 0.* must still be kept.*at most \d+ records are gone, since 20.*--accept-gap/,
      )
      expect(again).toBe('')
      expect(status.gaps).toMatchObject([{ topic: 'orders', partition: 0 }])
      const [gap] = status.gaps
      // Offsets have holes here: a gap tells how many records it may be at most.
      expect(taken).toBeLessThan(written)
      expect(taken).toBeGreaterThanOrEqual(written - (gap.to - gap.from))
      expect(explained.some(({ gaps }) => gaps.length === 1)).toBe(true)

      const { data } = await plan({ file: FILE, log, partitions: undefined })
      expect(data).toMatchObject({ changes: { changes: expect.any(Boolean) } })

      const admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.address] })
      await admin.deleteTopics({ topics: ['gap.orders'] })
      await gone(admin, 'gap.orders')
      await admin.close()
      await writeOrders(log, { from: 0, to: 10, bad: [], partitions: 2, end: true })
      const run = { kind: 'run', file: FILE, log, untilEnd: true, acceptGap: true } as const
      expect(await failureOf(askChild(run))).toMatch(
        /topic 'orders', partition \d, must reach as far as it was read; .*made again.*another name/,
      )
    },
    MINUTES,
  )

  it(
    'end a run when they get more partitions, and take them up when it is started again, each event once',
    async () => {
      const story = await growingStory(`kafka://${broker.address}/grow.`)
      expect(story.ended).toMatch(/must have the 2 partitions .* found 3; start the run again/)
      expect(story.twice).toEqual([])
      expect(Object.fromEntries(story.scores)).toEqual(Object.fromEntries(story.expected))
    },
    MINUTES,
  )

  it(
    'give every key what an undisturbed run gives when a stage is rescaled on the way, with kill -9',
    async () => {
      const logs = ['rescaled', 'undisturbed'].map((name) => `kafka://${broker.address}/${name}.`)
      const { expected, found, twice, said, kills, replays } = await rescaleStory(logs[0], logs[1])
      expect(said).toEqual([
        expect.stringMatching(/stage by-shop.shop has 3 tasks/),
        expect.stringMatching(/stage by-shop.shop has 2 tasks/),
      ])
      expect(kills).toBeGreaterThan(4)
      expect(twice).toEqual([])
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
      expect(replays.filter(({ equal }) => !equal)).toEqual([])
    },
    MINUTES,
  )
})
