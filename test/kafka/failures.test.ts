// The log on a real Kafka while things fail: transactions that nobody ends, brokers that are killed, both protocols of transactions.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oneRecord } from '../../src/base/records.ts'
import type { Log, OpenTransaction } from '../../src/contracts/log.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { kafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { historyOf, type ScriptedLog } from '../contracts/log-history.ts'
import { embedded, hiding, openEmbedded } from '../contracts/log-history-logs.ts'
import { readAll } from '../contracts/log-records.ts'
import { clusterOf, RawProducer } from './raw-producer.ts'
import { featuresOf, PROTOCOLS } from './protocols.ts'
import { until } from './until.ts'

const MINUTES = 180_000

describe.skipIf(!hasKafka).each(PROTOCOLS)(
  'on a real Kafka with %s (needs Java 17 and Maven)',
  (_, level) => {
    let broker: KafkaBroker
    let log: Log
    beforeAll(async () => {
      broker = await startKafka({ features: featuresOf(level) })
      log = await openKafkaLog(kafkaUrl(`kafka://${broker.address}/f.`))
    }, MINUTES)
    afterAll(async () => {
      await log.close()
      await broker.dispose()
    })

    it('speaks the protocol that the cluster has', async () => {
      const cluster = await clusterOf(broker.address)
      expect(await cluster.hasSecondProtocol()).toBe(level === '2')
      await cluster.close()
    })

    it('gives no record of a writer that ended in the middle, and makes nobody wait for it once its name is opened again', async () => {
      await log.ensureTopic({ name: 'torn', partitions: 1 })
      for (let round = 0; round < 20; round++) {
        await (
          await log.openWriter('w')
        ).append([{ topic: 'torn', partition: 0, records: oneRecord(0, '', `kept ${round}`) }])
        await leaveOpen(broker, {
          topic: 'f.torn',
          transactionalId: 'millrace.f.w',
          value: `torn ${round}`,
        })
      }
      await (
        await log.openWriter('w')
      ).append([{ topic: 'torn', partition: 0, records: oneRecord(0, '', 'last') }])
      const values = (await readAll(log, 'torn')).map(({ value }) => value)
      expect(values).toEqual([...Array.from({ length: 20 }, (__, i) => `kept ${i}`), 'last'])
    })

    it('says which transactions of its own writers are open, and since when, until their names are opened again', async () => {
      const own = await openKafkaLog(kafkaUrl(`kafka://${broker.address}/open.`))
      const told = async (): Promise<readonly OpenTransaction[]> =>
        (await own.openTransactions?.()) ?? []
      await own.ensureTopic({ name: 't', partitions: 1 })
      await (
        await own.openWriter('done')
      ).append([{ topic: 't', partition: 0, records: oneRecord(0, '', 'done') }])
      // What is answered as committed may be marked as such a moment later.
      while ((await told()).length > 0);
      const times: number[] = []
      for (const writer of ['first', 'others/0', 'other']) {
        times.push(Date.now())
        const transactionalId = `millrace.${writer === 'other' ? 'f.' : 'open.'}${writer}`
        await leaveOpen(broker, { topic: 'open.t', transactionalId, value: 'torn' })
        times.push(Date.now())
      }
      const open = await told()
      expect(open.map(({ writer }) => writer)).toEqual(['first', 'others/0'])
      for (const [i, { since }] of open.entries()) {
        expect(since).toBeGreaterThanOrEqual(times[2 * i])
        expect(since).toBeLessThanOrEqual(times[2 * i + 1])
      }
      await own.openWriter('first')
      while ((await told()).some(({ writer }) => writer === 'first'));
      expect((await told()).map(({ writer }) => writer)).toEqual(['others/0'])
      await log.openWriter('other')
      await own.close()
    })

    it.each([1, 2, 3])(
      'has the history that the embedded log has of script %d, with owners that are killed, take back and fence each other',
      async (seed) => {
        const url = kafkaUrl(`kafka://${broker.address}/h${seed}.`)
        const logs = [await openKafkaLog(url), await openKafkaLog(url)] as const
        const folder = await openEmbedded()
        const found = await historyOf({ logs, leave: leaveIn(broker, `h${seed}.`) }, seed)
        expect(found).toEqual(await historyOf(embedded(folder), seed))
        await Promise.all([...logs, folder].map((each) => each.close()))
      },
      MINUTES,
    )

    it.each([1, 2, 3])(
      'hides behind what is left open what the simulated broker hides in script %d, and skips what was taken back',
      async (seed) => {
        const url = kafkaUrl(`kafka://${broker.address}/o${seed}.`)
        const logs = [await openKafkaLog(url), await openKafkaLog(url)] as const
        const reader = await openKafkaLog(url)
        const below = await openEmbedded()
        const found = await historyOf(
          { logs, reader, leave: leaveIn(broker, `o${seed}.`) },
          seed,
          true,
        )
        expect(found).toEqual(await historyOf(hiding(below), seed, true))
        expect(found.join('\n')).toContain('read behind what is open')
        await Promise.all([...logs, reader, below].map((each) => each.close()))
      },
      MINUTES,
    )

    it(
      'keeps each append once while the broker is killed (T21), whatever the appends under way came to',
      async () => {
        await log.ensureTopic({ name: 'killed', partitions: 2 })
        const acknowledged = new Set<string>()
        const sent = new Set<string>()
        let number = 0
        let isOver = false
        const write = async (): Promise<void> => {
          while (!isOver) {
            try {
              const writer = await log.openWriter('k')
              while (!isOver) {
                const text = `${number++}`
                sent.add(text)
                const appends = [0, 1].map((partition) => ({
                  topic: 'killed',
                  partition,
                  records: oneRecord(0, '', text),
                }))
                await writer.append(appends)
                acknowledged.add(text)
              }
            } catch (error) {
              expect(error).toMatchObject({ code: 'ML_CONNECTION' })
            }
          }
        }
        const writing = write()
        for (let kills = 0; kills < 2; kills++) {
          const before = acknowledged.size
          await Promise.race([until(() => acknowledged.size > before + 20), writing])
          await broker.kill()
          await broker.restart()
        }
        const before = acknowledged.size
        await Promise.race([until(() => acknowledged.size > before + 20), writing])
        isOver = true
        await writing
        const parts = await Promise.all(
          [0, 1].map(async (partition) =>
            (await readAll(log, 'killed', partition)).map(({ value }) => value),
          ),
        )
        // Both partitions of an append, or none; each once; in the order of the appends.
        expect(parts[0]).toEqual(parts[1])
        expect(new Set(parts[0]).size).toBe(parts[0].length)
        expect(parts[0]).toEqual(parts[0].toSorted((a, b) => Number(a) - Number(b)))
        for (const text of acknowledged) expect(parts[0]).toContain(text)
        for (const text of parts[0]) expect(sent.has(text)).toBe(true)
      },
      MINUTES,
    )
  },
)

/** Writes in a transaction and goes away, as a process that is killed does. */
async function leaveOpen(
  broker: KafkaBroker,
  of: { readonly topic: string; readonly transactionalId: string; readonly value: string },
): Promise<void> {
  const producer = await RawProducer.open(broker.address, of.transactionalId)
  await producer.write([{ topic: of.topic, partition: 0, records: oneRecord(0, '', of.value) }])
  await producer.close()
}

function leaveIn(broker: KafkaBroker, prefix: string): ScriptedLog['leave'] {
  return async (name, appends, how) => {
    const producer = await RawProducer.open(broker.address, `millrace.${prefix}${name}`)
    await producer.write(appends.map((each) => ({ ...each, topic: `${prefix}${each.topic}` })))
    if (how === 'aborted') await producer.end('abort')
    await producer.close()
  }
}
