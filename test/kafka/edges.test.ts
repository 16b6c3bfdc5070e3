// Topics of another cluster at the edge of a pipeline whose log lies in a folder: read and written on a real Kafka, each record once, whatever
// is killed. Kafka's own consumer says so, too.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Admin } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MAIN } from '../built/built.ts'
import { headerValue, RecordsBuilder } from '../../src/base/records.ts'
import { COPIED_HEADER, topicSource } from '../../src/connectors/topic/topic-source.ts'
import type { Log } from '../../src/contracts/log.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { kafkaSink } from '../../src/log/kafka/kafka-sink.ts'
import { kafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import { openLog } from '../../src/log/open-log.ts'
import { sinkContract } from '../contracts/sink-contract.ts'
import { sourceContract } from '../contracts/source-contract.ts'
import { recordsOf } from '../e2e/read-outputs.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { gone } from './gone.ts'
import { expectRows, IN_PARTITIONS, makeTopic, range, writeRows } from './edge-rows.ts'
import { startJavaReader, type JavaReader } from './java-reader.ts'
import { featuresOf, PROTOCOLS } from './protocols.ts'

const MINUTES = 300_000
const PIPELINE = join(import.meta.dirname, 'pipelines/edges.ts')
const ROWS = 4_000
const KILLS = 2

describe.skipIf(!hasKafka).each(PROTOCOLS)(
  'a real Kafka at the edge, by %s (needs Java 17 and Maven)',
  (_, level) => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-edges-'))
    let broker: KafkaBroker
    let admin: Admin
    let reader: JavaReader
    let other: Log
    let topics = 0
    beforeAll(async () => {
      broker = await startKafka({ features: featuresOf(level) })
      admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.address] })
      reader = startJavaReader(broker.address)
      other = await openKafkaLog(kafkaUrl(`kafka://${broker.address}`), '')
    }, MINUTES)
    afterAll(async () => {
      await reader.close()
      await other.close()
      await admin.close()
      await broker.dispose()
      rmSync(folder, { recursive: true })
    })

    const made = (name: string, partitions = 1): Promise<string> =>
      makeTopic(broker.address, name, partitions)

    sourceContract('a topic of Kafka', {
      write: async (name, events) => {
        const topic = await made(`source-${name}`)
        const writer = await other.openWriter(topic)
        for (let from = 0; from < events.length; from += 5000) {
          const builder = new RecordsBuilder()
          for (const event of events.slice(from, from + 5000))
            builder.add(7, 'key', JSON.stringify(event))
          await writer.append([{ topic, partition: 0, records: builder.records() }])
        }
        // Who wrote it waits until others see it.
        await other.topic(topic)
        return topic
      },
      open: (topic) =>
        topicSource({
          name: topic,
          topic,
          end: true,
          log: () => openKafkaLog(kafkaUrl(`kafka://${broker.address}`), ''),
        }),
    })

    sinkContract('a topic of Kafka', {
      sink: async () => {
        const topic = await made(`sink-${topics++}`)
        const { brokers } = kafkaUrl(`kafka://${broker.address}`)
        return kafkaSink({ name: topic, topic, brokers, config: '', of: topic })
      },
      values: async ({ name }) => (await reader.records(name)).map(({ value }) => value),
      damage: async ({ name }) => {
        await admin.deleteTopics({ topics: [name] })
        await gone(admin, name)
      },
    })

    /** @param killAt records of the topic it writes to at which everything is killed; Infinity: never. */
    async function run(
      name: string,
      args: readonly string[],
      killAt: number,
    ): Promise<number | null> {
      const child = fork(MAIN, ['run', PIPELINE, '--log', join(folder, name), ...args], {
        env: { ...process.env, MILLRACE_TEST_BROKER: broker.address, MILLRACE_TEST_NAME: name },
        silent: true,
        detached: true,
      })
      let said = ''
      child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
      child.stdout?.on('data', () => undefined)
      const exited = once(child, 'exit')
      while (Number.isFinite(killAt) && child.exitCode === null && child.signalCode === null) {
        const parts = (await other.topic(`${name}.out`))?.parts ?? []
        if (parts.reduce((sum, { end }) => sum + end, 0) >= killAt) killTree(child.pid)
        await sleep(20)
      }
      const [code] = await exited
      if (code !== null && code !== 0) throw new Error(said)
      return code
    }

    it(
      'is read and written, each record once, with its key, its headers and its place, whatever is killed',
      async () => {
        await made('kills.in', IN_PARTITIONS)
        await writeRows(other, 'kills.in', { from: 0, to: ROWS })
        await made('kills.out', 2)
        const args = ['--partitions', '2', '--workers', '1']
        // Without an end, so that none is over before it is killed.
        for (let kill = 0; kill < KILLS; kill++)
          expect(await run('kills', args, 1 + (kill * ROWS) / (KILLS + 1))).toBeNull()
        expect(await run('kills', [...args, '--until-end'], Infinity)).toBe(0)
        const { log } = await openLog(join(folder, 'kills'))
        const copied = await recordsOf(log, 'rows')
        await log.close()
        const events = copied.filter(({ value }) => value !== '')
        const asWritten = await recordsOf(other, 'kills.in')
        const lines = (of: typeof events): string[] =>
          of.map(({ partition, time, key, value }) => `${partition} ${time} ${key} ${value}`)
        expect(lines(events)).toEqual(lines(asWritten))
        expect(events.map(({ headers }) => headerValue(headers, COPIED_HEADER))).toEqual(
          asWritten.map(({ partition, offset }) => `kills.in/${partition}/${offset}`),
        )
        expect(headerValue(events[0].headers, 'trace')).toBe('a b')
        await reader.noneOpen()
        expectRows(await reader.records('kills.out'), range(0, ROWS))
      },
      MINUTES,
    )
  },
)

/** A process with all that it started; one that has ended meanwhile is as well. */
function killTree(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
