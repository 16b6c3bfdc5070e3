// Topics on a real Kafka: how they are made, and what is said of Millrace's own where others made them otherwise; and how much of them a task
// reads that comes back.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Admin } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Log } from '../../src/contracts/log.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { kafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'

const MINUTES = 180_000

describe.skipIf(!hasKafka)('topics on a real Kafka (needs Java 17 and Maven)', () => {
  let folder: string
  let broker: KafkaBroker
  let admin: Admin
  const open: Log[] = []
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-topics-'))
    broker = await startKafka()
    admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.address] })
  }, MINUTES)
  afterAll(async () => {
    await Promise.all(open.map((log) => log.close()))
    await admin.close()
    await broker.dispose()
    rmSync(folder, { recursive: true })
  })

  async function logWith(...lines: readonly string[]): Promise<Log> {
    const config = join(folder, `${open.length}.properties`)
    writeFileSync(config, lines.join('\n'))
    const log = await openKafkaLog(kafkaUrl(`kafka://${broker.address}/t.`), config)
    open.push(log)
    return log
  }

  async function settingsOf(topic: string): Promise<Record<string, string | null | undefined>> {
    const [{ configs }] = await admin.describeConfigs({
      resources: [{ resourceType: 2, resourceName: topic, configurationKeys: null }],
    })
    return Object.fromEntries(configs.map(({ name, value }) => [name, value]))
  }

  it(
    'are made with the partitions, the retention and the replicas that are said',
    async () => {
      const log = await logWith('replication.factor=1', 'min.insync.replicas=1')
      await log.ensureTopic({ name: '_made', partitions: 3, retentionMs: 3_600_000 })
      expect((await log.topic('_made'))?.partitions).toBe(3)
      expect(await settingsOf('t._made')).toMatchObject({
        'retention.ms': '3600000',
        'cleanup.policy': 'delete',
        'min.insync.replicas': '1',
        'message.timestamp.type': 'LogAppendTime',
      })
      await log.ensureTopic({ name: '_state', partitions: 1 })
      expect(await settingsOf('t._state')).toMatchObject({ 'retention.ms': '-1' })
      const more = await logWith('replication.factor=3')
      await expect(more.ensureTopic({ name: '_more', partitions: 1 })).rejects.toMatchObject({
        code: 'ML_TOPIC',
        message: expect.stringContaining('INVALID_REPLICATION_FACTOR'),
      })
      await expect(more.ensureTopic({ name: '_state', partitions: 1 })).rejects.toThrow(
        /'t\._state' must have 3 replicas.*found 1.*kafka-reassign-partitions/,
      )
    },
    MINUTES,
  )

  it.each([
    ['cleanup.policy', 'compact', 'delete'],
    ['max.message.bytes', '1000000', String(32 << 20)],
    ['message.timestamp.type', 'CreateTime', 'LogAppendTime'],
  ])(
    'of Millrace that others made with %s=%s are refused, with what to change',
    async (setting, value, right) => {
      const fine = {
        'cleanup.policy': 'delete',
        'max.message.bytes': String(32 << 20),
        'message.timestamp.type': 'LogAppendTime',
        'retention.ms': '3600000',
      }
      const configs = Object.entries({ ...fine, [setting]: value })
      const name = `_of-others-${setting}`
      await admin.createTopics({
        topics: [`t.${name}`, `t.theirs-${setting}`],
        partitions: 1,
        configs: configs.map(([key, each]) => ({ name: key, value: each })),
      })
      const log = await logWith()
      const spec = { partitions: 1, retentionMs: 3_600_000 }
      await expect(log.ensureTopic({ name, ...spec })).rejects.toThrow(
        `must have ${setting}=${right}; found ${value}`,
      )
      await expect(log.ensureTopic({ name, ...spec })).rejects.toThrow(
        `--entity-name t.${name} --add-config ${setting}=${right}`,
      )
      // What users made for themselves is theirs.
      await log.ensureTopic({ name: `theirs-${setting}`, ...spec })
    },
    MINUTES,
  )
})
