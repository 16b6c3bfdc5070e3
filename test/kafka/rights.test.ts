// The least rights on a cluster with ACLs, found by their errors: a user with none is given exactly what each error names, until all that a
// run asks of a cluster works. What was given in the end is what docs/kafka.md lists, no more.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Admin } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oneRecord } from '../../src/base/records.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { kafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import { CONFIG_VARIABLE } from '../../src/log/kafka/kafka-config.ts'
import { openMembership, readGroup } from '../../src/log/open-membership.ts'
import { readAll } from '../contracts/log-records.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { makeCertificate } from './certificate.ts'
import { grant, missingIn, type Missing } from './missing-rights.ts'
import { featuresOf, PROTOCOLS } from './protocols.ts'

const MINUTES = 240_000

describe.skipIf(!hasKafka).each(PROTOCOLS)(
  'a user of a real Kafka with ACLs and %s (needs Java 17 and Maven)',
  (_, level) => {
    let folder: string
    let broker: KafkaBroker
    let admin: Admin
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'millrace-rights-'))
      const certificate = makeCertificate('localhost', folder)
      writeFileSync(join(folder, 'ca.pem'), certificate.certificate)
      const users = [{ name: 'mill', password: 'secret-of-mill' }]
      const features = featuresOf(level)
      broker = await startKafka({ secured: { certificate, users }, features })
      admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.address] })
      const config = join(folder, 'client.properties')
      writeFileSync(
        config,
        `security.protocol=SASL_SSL
ssl.ca.location=${join(folder, 'ca.pem')}
sasl.mechanism=PLAIN
sasl.username=mill
sasl.password=secret-of-mill
`,
      )
      process.env[CONFIG_VARIABLE] = config
    }, MINUTES)
    afterAll(async () => {
      delete process.env[CONFIG_VARIABLE]
      await admin.close()
      await broker.dispose()
      rmSync(folder, { recursive: true })
    })

    it(
      'needs what the errors name one after the other, which is what the page lists, and nothing on the cluster (defect 4)',
      async () => {
        const url = `kafka://${broker.securedAddress}/r.`
        const given: Missing[] = []
        for (;;) {
          const missing = await missingIn(() => allThatARunAsks(url))
          if (missing === undefined) break
          const known = given.some((each) => JSON.stringify(each) === JSON.stringify(missing))
          // A right that was given a moment ago may not have come to every part of the broker.
          if (known) continue
          given.push(missing)
          await grant(admin, missing, 'User:mill')
        }
        const found = new Set(
          given.map(({ operation, resource }) => `${resource} ${operation}`).toSorted(),
        )
        expect([...found]).toEqual(listed())
        expect(new Set(given.map(({ name }) => name))).toEqual(
          new Set(['r.t', 'r.grows', 'millrace.r.w', 'millrace.r.p']),
        )
      },
      MINUTES,
    )
  },
)

/** `resource operation` of each line of the table of rights. */
function listed(): string[] {
  const page = readFileSync(join(import.meta.dirname, '../../docs/kafka.md'), 'utf8')
  const rows = [...page.matchAll(/^\| (topic|group|transactional id) \|[^|]*\| ([A-Za-z, ]+) \|/gm)]
  return rows
    .flatMap(([, on, operations]) =>
      operations.split(', ').map((operation) => `${on.replace(' ', '-')} ${operation.trim()}`),
    )
    .toSorted()
}

async function allThatARunAsks(url: string): Promise<void> {
  const log = await openKafkaLog(kafkaUrl(url))
  try {
    await log.ensureTopic({ name: 't', partitions: 1 })
    await log.ensureTopic({ name: 't', partitions: 1, retentionMs: 60_000_000 })
    const partitions = (await log.topic('grows'))?.partitions ?? 0
    for (const more of [1, 2])
      await log.ensureTopic({ name: 'grows', partitions: partitions + more }, { grow: true })
    const writer = await log.openWriter('w')
    await writer.append([{ topic: 't', partition: 0, records: oneRecord(0, '', 'value') }])
    await writer.append([{ topic: 't', partition: 0, records: oneRecord(0, '', 'value') }])
    const start = (await log.topic('t'))?.parts[0].start ?? 0
    expect((await readAll(log, 't', 0, start)).length).toBeGreaterThan(0)
    await log.trim('t', 0, start + 1)
    expect((await log.topics()).map(({ name }) => name).toSorted()).toEqual(['grows', 't'])
  } finally {
    await log.close()
  }
  await readGroup(url, 'p')
  const joined = Promise.withResolvers<void>()
  const member = await openMembership(url, {
    pipeline: 'p',
    self: { name: 'm', host: 'here', pid: 1, since: 0, workers: 1, plan: 'p', standbys: 0 },
    fixed: false,
    tasks: [{ id: 't/0', stage: 't', stateful: true }],
    copies: () => [],
  })
  member.join({
    assigned: () => joined.resolve(),
    revoke: () => Promise.resolve(),
    lost: () => undefined,
    failed: (error) => joined.reject(error),
  })
  try {
    await joined.promise
  } finally {
    await member.leave(false)
  }
}
