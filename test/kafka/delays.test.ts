// Requests that are lost, answered into nothing, sent twice or delayed until long after their sender has gone on (T14), under both
// protocols of transactions. What came of it is read by Kafka's own consumer.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import { oneRecord } from '../../src/base/records.ts'
import type { Log, Writer } from '../../src/contracts/log.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { kafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { startJavaReader, type JavaReader } from './java-reader.ts'
import { FaultyProxy, type Fate } from './proxy.ts'
import { featuresOf, PROTOCOLS } from './protocols.ts'
import { until } from './until.ts'

const MINUTES = 240_000
const PRODUCE = 0
const INIT_PRODUCER_ID = 22
const ADD_PARTITIONS = 24
const END_TXN = 26

describe.skipIf(!hasKafka).each(PROTOCOLS)(
  'a bad way to a real Kafka with %s (needs Java 17 and Maven)',
  (_, level) => {
    let proxy: FaultyProxy
    let broker: KafkaBroker
    let reader: JavaReader
    let log: Log
    beforeAll(async () => {
      proxy = await FaultyProxy.listen()
      const features = featuresOf(level)
      broker = await startKafka({ features, advertised: proxy.address })
      proxy.lead(broker.address)
      reader = startJavaReader(proxy.address)
      log = await openKafkaLog(kafkaUrl(`kafka://${proxy.address}/d.`))
    }, MINUTES)
    afterAll(async () => {
      proxy?.follow(() => 'pass')
      await log?.close()
      await reader?.close()
      await proxy?.close()
      await broker?.dispose()
    })

    it(
      'an end of a transaction that arrives in the middle of the next one ends nothing of it',
      async () => {
        await log.ensureTopic({ name: 'late', partitions: 2 })
        const writer = await log.openWriter('late')
        await append(writer, 'late', 'before')
        proxy.follow(once(END_TXN, 'hold'))
        await append(writer, 'late', 'first')
        expect(proxy.held).toBe(1)
        // The old end arrives when the first half of the next transaction is written.
        let written = 0
        let lost = 0
        proxy.follow(({ kind }) => {
          if (kind !== PRODUCE || written++ === 0) return 'pass'
          lost++
          return 'lose'
        })
        const large = 'x'.repeat(800_000)
        const second = append(writer, 'late', `half ${large}`, `rest ${large}`)
        await until(() => lost > 0)
        await proxy.release()
        proxy.follow(() => 'pass')
        await second
        await append(writer, 'late', 'third')
        await reader.noneOpen()
        for (const partition of [0, 1])
          expect(
            (await valuesOf(reader, 'd.late', partition)).map((value) => value.split(' ')[0]),
          ).toEqual(['before', 'first', 'half', 'rest', 'third'])
      },
      MINUTES,
    )

    it(
      'whatever requests are lost, doubled and delayed, each append is there once and whole, or not at all',
      async () => {
        await log.ensureTopic({ name: 'storm', partitions: 2 })
        const random = new Prng(7)
        const fates: readonly Fate[] = ['lose', 'lose-answer', 'twice', 'hold']
        const met = new Map<string, number>()
        proxy.follow(({ kind }) => {
          if (![PRODUCE, INIT_PRODUCER_ID, ADD_PARTITIONS, END_TXN].includes(kind)) return 'pass'
          if (!random.chance(0.15)) return 'pass'
          const fate = random.pick(fates)
          met.set(`${kind} ${fate}`, (met.get(`${kind} ${fate}`) ?? 0) + 1)
          return fate
        })
        const acknowledged = new Set<string>()
        const released: Promise<unknown>[] = []
        let number = 0
        let writer = await log.openWriter('storm')
        while (number < 300) {
          const text = `${number++}`
          if (random.chance(0.2)) released.push(proxy.release())
          try {
            await append(writer, 'storm', text)
            acknowledged.add(text)
          } catch (error) {
            expect(error).toMatchObject({
              code: expect.stringMatching(/^ML_(CONNECTION|FENCED)$/) as unknown,
            })
            writer = await log.openWriter('storm')
          }
        }
        proxy.follow(() => 'pass')
        await Promise.all([...released, proxy.release()])
        await append(await log.openWriter('storm'), 'storm', 'last')
        await reader.noneOpen()

        const parts = await Promise.all(
          [0, 1].map((partition) => valuesOf(reader, 'd.storm', partition)),
        )
        expect(parts[0]).toEqual(parts[1])
        expect(new Set(parts[0]).size).toBe(parts[0].length)
        expect(parts[0].slice(0, -1)).toEqual(
          parts[0].slice(0, -1).toSorted((a, b) => Number(a) - Number(b)),
        )
        for (const text of acknowledged) expect(parts[0]).toContain(text)
        for (const fate of fates)
          for (const kind of [PRODUCE, END_TXN])
            expect([kind, fate, met.has(`${kind} ${fate}`)]).toEqual([kind, fate, true])
      },
      MINUTES,
    )
  },
)

function once(kind: number, fate: Fate): (request: { readonly kind: number }) => Fate {
  let isOver = false
  return (request) => {
    if (isOver || request.kind !== kind) return 'pass'
    isOver = true
    return fate
  }
}

/** To both partitions, in one transaction. */
async function append(writer: Writer, topic: string, ...values: string[]): Promise<void> {
  await writer.append(
    values.flatMap((value) =>
      [0, 1].map((partition) => ({ topic, partition, records: oneRecord(0, '', value) })),
    ),
  )
}

async function valuesOf(reader: JavaReader, topic: string, partition: number): Promise<string[]> {
  const records = await reader.records(topic)
  return records.filter((each) => each.partition === partition).map(({ value }) => value)
}
