// Five defects of a common client of Kafka for Node, each seen on a real broker, in what it does with the same requests: Millrace has its
// own producer, reader and member over the wire layer of that client, and none of them. The fourth is in rights.test.ts: to add
// partitions to a transaction asks for no right on the cluster.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oneRecord, recordText } from '../../src/base/records.ts'
import type { Log, Writer } from '../../src/contracts/log.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { kafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import { openMembership, readGroup } from '../../src/log/open-membership.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { startJavaReader } from './java-reader.ts'
import { RawProducer, recordsOfValues } from './raw-producer.ts'
import { featuresOf, PROTOCOLS } from './protocols.ts'

const MINUTES = 180_000

describe.skipIf(!hasKafka).each(PROTOCOLS)(
  'a real Kafka with %s (needs Java 17 and Maven)',
  (_, level) => {
    let broker: KafkaBroker
    let log: Log
    beforeAll(async () => {
      broker = await startKafka({ features: featuresOf(level) })
      log = await openKafkaLog(kafkaUrl(`kafka://${broker.address}/c.`))
    }, MINUTES)
    afterAll(async () => {
      await log.close()
      await broker.dispose()
    })

    const write = (writer: Writer, topic: string, value: string, partition = 0) =>
      writer.append([{ topic, partition, records: oneRecord(0, '', value) }])

    it(
      'lets a name be opened again and again, also under the first producer id of all, and fences each one before (defect 1)',
      async () => {
        await log.ensureTopic({ name: 'names', partitions: 1 })
        for (const name of ['first', 'second', 'third']) {
          const opened: Writer[] = []
          for (let i = 0; i < 4; i++) {
            const writer = await log.openWriter(name)
            await write(writer, 'names', `${name} ${i}`)
            opened.push(writer)
          }
          const epochs = opened.map(({ epoch }) => epoch)
          expect(epochs).toEqual([...new Set(epochs)].toSorted((a, b) => a - b))
          for (const older of opened.slice(0, -1))
            await expect(write(older, 'names', 'never')).rejects.toMatchObject({
              code: 'ML_FENCED',
            })
        }
      },
      MINUTES,
    )

    it(
      'gives what was committed and nothing that was aborted, however little is read at a time (defect 2)',
      async () => {
        await log.ensureTopic({ name: 'aborts', partitions: 1 })
        const producer = await RawProducer.open(broker.address, 'aborter')
        const committed: string[] = []
        for (let i = 0; i < 24; i++) {
          const how = i % 2 === 0 ? 'commit' : 'abort'
          const values = Array.from({ length: 5 }, (__, j) => `${how} ${i} ${j}`)
          await producer.write([
            { topic: 'c.aborts', partition: 0, records: recordsOfValues(values) },
          ])
          await producer.end(how)
          if (how === 'commit') committed.push(...values)
        }
        await producer.close()
        const reader = startJavaReader(broker.address)
        expect((await reader.records('c.aborts')).map(({ value }) => value)).toEqual(committed)
        await reader.close()
        for (const maxBytes of [1, 200, 1 << 10, 8 << 10, 1 << 20])
          expect([maxBytes, await valuesOf(log, 'aborts', maxBytes)]).toEqual([maxBytes, committed])
      },
      MINUTES,
    )

    it(
      'keeps apart what is asked at the same time (defect 3)',
      async () => {
        await log.ensureTopic({ name: 'apart', partitions: 2 })
        const writers = await Promise.all(['x', 'y'].map((name) => log.openWriter(name)))
        const numbers = Array.from({ length: 30 }, (__, i) => i)
        const offsets = await Promise.all(
          numbers.map((i) => write(writers[i % 2], 'apart', String(i), (i >> 1) % 2)),
        )
        const seen = new Map<string, number[]>()
        for (const [i, [offset]] of offsets.entries()) {
          const place = `${(i >> 1) % 2}/${offset}`
          seen.set(place, [...(seen.get(place) ?? []), i])
        }
        expect([...seen.values()].every((at) => at.length === 1)).toBe(true)
        const read = await Promise.all([0, 1].map((p) => valuesOf(log, 'apart', 1 << 20, p)))
        expect(
          read
            .flat()
            .map(Number)
            .toSorted((a, b) => a - b),
        ).toEqual(numbers)
        const infos = await Promise.all(['apart', 'aborts', 'apart'].map((name) => log.topic(name)))
        expect(infos.map((info) => info?.partitions)).toEqual([2, 1, 2])
      },
      MINUTES,
    )

    it(
      'gives a member a generation that counts on, which the next one sees (defect 5)',
      async () => {
        const url = `kafka://${broker.address}/c.`
        const join = async (name: string) => {
          const member = await openMembership(url, {
            pipeline: 'counts',
            self: { name, host: 'here', pid: 1, since: 0, workers: 1, plan: 'p', standbys: 0 },
            fixed: false,
            tasks: [{ id: 't/0', stage: 't', stateful: true }],
            copies: () => [],
          })
          const assigned = Promise.withResolvers<void>()
          member.join({
            assigned: () => assigned.resolve(),
            revoke: () => Promise.resolve(),
            lost: () => undefined,
            failed: (error) => assigned.reject(error),
          })
          await assigned.promise
          return member
        }
        const generations: number[] = []
        for (let i = 0; i < 3; i++) {
          const member = await join(`m${i}`)
          generations.push((await readGroup(url, 'counts'))?.rebalances ?? 0)
          await member.leave(false)
        }
        expect(generations[0]).toBeGreaterThan(0)
        expect(generations).toEqual([...new Set(generations)].toSorted((a, b) => a - b))
      },
      MINUTES,
    )
  },
)

async function valuesOf(
  log: Log,
  topic: string,
  maxBytes: number,
  partition = 0,
): Promise<string[]> {
  const values: string[] = []
  for (let offset = 0; ;) {
    const { runs, next } = await log.read([{ topic, partition, offset }], {
      maxBytes,
      maxWaitMs: 0,
    })
    for (const { records, offsets } of runs)
      for (let i = 0; i < records.count; i++)
        if (offsets[i] >= offset) values.push(recordText(records, i, 'value'))
    if (next[0].offset === offset) return values
    offset = next[0].offset
  }
}
