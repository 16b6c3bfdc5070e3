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
import { startJavaReader, type JavaReader } from './java-reader.ts'

const MINUTES = 300_000
const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const PIPELINE = join(import.meta.dirname, 'pipelines/edges.ts')
const ROWS = 4_000
const PARTITIONS = 3
const KILLS = 2

describe.skipIf(!hasKafka)('a real Kafka at the edge (needs Java 17 and Maven)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-edges-'))
  let broker: KafkaBroker
  let admin: Admin
  let reader: JavaReader
  let other: Log
  let topics = 0
  beforeAll(async () => {
    broker = await startKafka()
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

  async function made(name: string, partitions = 1): Promise<string> {
    // What happened long ago is not to go.
    const configs = [{ name: 'retention.ms', value: '-1' }]
    await admin.createTopics({ topics: [name], partitions, configs })
    while ((await other.topic(name)) === undefined) await sleep(20)
    return name
  }

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

  async function fill(topic: string): Promise<void> {
    await made(topic, PARTITIONS)
    const writer = await other.openWriter('fill')
    for (let from = 0; from < ROWS; from += 250) {
      const builders = Array.from({ length: PARTITIONS }, () => new RecordsBuilder())
      for (let i = from; i < from + 250; i++)
        builders[i % PARTITIONS].add(
          1_700_000_000_000 + i,
          `theirs ${i}`,
          JSON.stringify({ id: `r${i}`, key: `k${i % 50}`, at: 1_700_000_000_000 + i }),
          'trace: a%20b\n',
        )
      await writer.append(
        builders.map((builder, partition) => ({ topic, partition, records: builder.records() })),
      )
    }
    await writer.close()
  }

  it(
    'is read and written, each record once, with its key, its headers and its place, whatever is killed',
    async () => {
      await fill('kills.in')
      await made('kills.out', 2)
      const args = ['--until-end', '--partitions', '2', '--workers', '1']
      let killed = 0
      for (let kill = 0; kill < KILLS; kill++) {
        if ((await run('kills', args, 1 + (kill * ROWS) / (KILLS + 1))) === 0) break
        killed++
      }
      expect(killed).toBeGreaterThan(0)
      expect(await run('kills', args, Infinity)).toBe(0)
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
      const out = (await reader.records('kills.out')).map(({ key, value }) => ({
        key,
        ...JSON.parse(value),
      }))
      expect(out).toHaveLength(ROWS)
      // The n-th row of a key has seen n.
      expect(new Map(out.map(({ id, seen }) => [id, seen]))).toEqual(
        new Map(Array.from({ length: ROWS }, (_, i) => [`r${i}`, Math.floor(i / 50) + 1])),
      )
      const keys = Map.groupBy(out, ({ key }) => key)
      expect(keys.size).toBe(50)
      for (const of of keys.values())
        expect(of.map(({ seen }) => seen)).toEqual(of.map((_, i) => i + 1))
    },
    MINUTES,
  )
})

/** A process with all that it started; one that has ended meanwhile is as well. */
function killTree(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
