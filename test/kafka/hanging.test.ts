// Transactions that a cluster ends without a marker in one of their partitions, as a coordinator does that finds no leader there: who opens
// the name again ends them there as they were decided, before anything else is written. Judged by Kafka's own consumer.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oneRecord } from '../../src/base/records.ts'
import type { Log } from '../../src/contracts/log.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { kafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { startJavaReader, type JavaReader } from './java-reader.ts'
import { featuresOf, PROTOCOLS } from './protocols.ts'
import { RawProducer, recordsOfValues } from './raw-producer.ts'

const MINUTES = 180_000
const PARTITIONS = 3

describe.skipIf(!hasKafka).each(PROTOCOLS)(
  'a real Kafka with %s that left a transaction open (needs Java 17 and Maven)',
  (_, level) => {
    let broker: KafkaBroker
    let log: Log
    let reader: JavaReader
    beforeAll(async () => {
      const properties = ['transaction.partition.verification.enable=false']
      broker = await startKafka({ properties, features: featuresOf(level) })
      log = await openKafkaLog(kafkaUrl(`kafka://${broker.address}/h.`))
      reader = startJavaReader(broker.address)
    }, MINUTES)
    afterAll(async () => {
      await reader.close()
      await log.close()
      await broker.dispose()
    })

    const part = (topic: string, partition: number, value: string) => ({
      topic: `h.${topic}`,
      partition,
      records: recordsOfValues([value]),
    })
    const valuesOf = async (topic: string): Promise<string[]> =>
      (await reader.records(`h.${topic}`)).map(({ value }) => value)

    it(
      'aborts it where it was aborted: what is committed behind it brings none of it back',
      async () => {
        await log.ensureTopic({ name: 'aborted', partitions: PARTITIONS })
        const killed = await RawProducer.open(broker.address, 'millrace.h.aborted')
        await killed.write([part('aborted', 0, 'given up')])
        await killed.writeUnknown([part('aborted', 1, 'given up'), part('aborted', 2, 'given up')])
        await killed.close()
        const writer = await log.openWriter('aborted')
        for (const round of ['first', 'second'])
          await writer.append(
            [0, 1].map((partition) => ({
              topic: 'aborted',
              partition,
              records: oneRecord(0, '', `${round} ${partition}`),
            })),
          )
        await writer.close()
        // The partition that nothing was written to since hides nothing, either.
        const other = await log.openWriter('another')
        await other.append([
          { topic: 'aborted', partition: 2, records: oneRecord(0, '', 'of another') },
        ])
        await other.close()
        expect(await valuesOf('aborted')).toEqual([
          'first 0',
          'second 0',
          'first 1',
          'second 1',
          'of another',
        ])
      },
      MINUTES,
    )

    it(
      'commits it where it was committed, also if what comes next is aborted',
      async () => {
        await log.ensureTopic({ name: 'committed', partitions: PARTITIONS })
        const killed = await RawProducer.open(broker.address, 'millrace.h.committed')
        await killed.write([part('committed', 0, 'kept')])
        await killed.writeUnknown([part('committed', 1, 'kept'), part('committed', 2, 'kept')])
        await killed.end('commit')
        await killed.close()
        const writer = await log.openWriter('committed')
        expect(await valuesOf('committed')).toEqual(['kept', 'kept', 'kept'])
        await writer.close()
        const aborting = await RawProducer.open(broker.address, 'millrace.h.committed')
        await aborting.write([0, 1, 2].map((partition) => part('committed', partition, 'given up')))
        await aborting.end('abort')
        await aborting.close()
        expect(await valuesOf('committed')).toEqual(['kept', 'kept', 'kept'])
      },
      MINUTES,
    )
  },
)
