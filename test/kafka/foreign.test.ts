// A cluster that is not the log, at the edge of a pipeline: secured, away and back, with records gone before they were read, and shared by
// several supervisors. Whatever happens, each row comes out once.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Admin } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { topicSource } from '../../src/connectors/topic/topic-source.ts'
import { oneRecord } from '../../src/base/records.ts'
import type { Log } from '../../src/contracts/log.ts'
import { CONFIG_VARIABLE } from '../../src/log/kafka/kafka-config.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { kafkaSink } from '../../src/log/kafka/kafka-sink.ts'
import { kafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import { openLog } from '../../src/log/open-log.ts'
import { readGroup } from '../../src/log/open-membership.ts'
import type { RunOptions } from '../../src/runner/run-options.ts'
import type { RunStatus } from '../../src/runner/run-status.ts'
import { killTree, startChild, type Asked } from '../e2e/ask-child.ts'
import { recordsOf } from '../e2e/read-outputs.ts'
import { runMain } from '../e2e/run-main.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { makeCertificate } from './certificate.ts'
import { makeClientCertificate } from './client-certificate.ts'
import { comeOut, expectRows, IN_PARTITIONS, makeTopic, range, writeRows } from './edge-rows.ts'
import { startJavaReader, type JavaReader } from './java-reader.ts'
import { featuresOf, PROTOCOLS } from './protocols.ts'
import { until } from './until.ts'
import { grant, missingIn, type Missing } from './missing-rights.ts'

const MINUTES = 600_000
const PIPELINE = join(import.meta.dirname, 'pipelines/edges.ts')
const PRINCIPAL = 'User:CN=edge'
const FEED = 'millrace.feed.'

describe.skipIf(!hasKafka).each(PROTOCOLS)(
  'another cluster at the edge, by %s (needs Java 17 and Maven)',
  (_, level) => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-foreign-'))
    const started: Asked[] = []
    let broker: KafkaBroker
    let config: string
    let other: Log
    let reader: JavaReader
    beforeAll(async () => {
      const certificate = makeCertificate('localhost', folder)
      const ca = join(folder, 'ca.pem')
      writeFileSync(ca, certificate.certificate)
      const edge = makeClientCertificate('edge', folder)
      config = join(folder, 'edge.properties')
      writeFileSync(
        config,
        `security.protocol=SSL
ssl.ca.location=${ca}
ssl.certificate.location=${edge.certificate}
ssl.key.location=${edge.key}
`,
      )
      broker = await startKafka({
        secured: { certificate, users: [], clients: edge.certificate },
        features: featuresOf(level),
        properties: ['group.min.session.timeout.ms=1000'],
      })
      other = await openKafkaLog(kafkaUrl(`kafka://${broker.address}`), '')
      reader = startJavaReader(broker.address)
    }, MINUTES)
    afterAll(async () => {
      for (const { child } of started) killTree(child)
      await reader.close()
      await other.close()
      await broker.dispose()
      rmSync(folder, { recursive: true })
    })

    /** The topics of a pipeline's edges. */
    async function edges(name: string): Promise<{ readonly in: string; readonly out: string }> {
      return {
        in: await makeTopic(broker.address, `${name}.in`, IN_PARTITIONS),
        out: await makeTopic(broker.address, `${name}.out`, 2),
      }
    }

    interface Running extends Asked {
      status(): RunStatus | undefined
    }

    function start(name: string, more: Partial<RunOptions> = {}): Running {
      Object.assign(process.env, {
        MILLRACE_TEST_BROKER: broker.address,
        MILLRACE_TEST_NAME: name,
        MILLRACE_TEST_LIVE: 'yes',
        MILLRACE_TEST_CONFIG: '',
      })
      let last: RunStatus | undefined
      const log = join(folder, name)
      const asked = startChild(
        { kind: 'run', file: PIPELINE, log, partitions: 2, workers: 1, batchRows: 50, ...more },
        (status) => (last = status),
        { quiet: true },
      )
      asked.result.catch(() => undefined)
      started.push(asked)
      return { ...asked, status: () => last }
    }

    async function stop({ child, result }: Asked): Promise<void> {
      child.kill('SIGTERM')
      await result
      killTree(child)
    }

    async function expectOut(topic: string, expected: readonly number[]): Promise<void> {
      await reader.noneOpen()
      expectRows(await reader.records(topic), expected)
    }

    it(
      'needs the rights that the page lists, which errors name one after the other, and no other',
      async () => {
        const topics = await edges('secured')
        await writeRows(other, topics.in, { from: 0, to: 500 })
        const admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.address] })
        const given: Missing[] = []
        const { brokers } = kafkaUrl(`kafka://${broker.mutualAddress}`)
        const through = async (): Promise<void> => {
          const open = await topicSource({
            name: topics.in,
            topic: topics.in,
            end: true,
            log: () => openKafkaLog({ brokers, prefix: '' }, config),
          }).open(undefined)
          try {
            for await (const batch of open.batches()) if (batch.records.count > 0) break
          } finally {
            await open.close()
          }
          const log = await openKafkaLog({ brokers, prefix: '' }, config)
          try {
            await log.topic(topics.out)
          } finally {
            await log.close()
          }
          const sink = kafkaSink({ name: '', topic: topics.out, brokers, config, of: 'probe' })
          const to = await sink.open('probe')
          try {
            await to.write([probe], [1])
          } finally {
            await to.close()
          }
        }
        const probe = {
          topic: topics.out,
          partition: 0,
          offsets: Float64Array.of(0),
          records: oneRecord(0, 'probe', '{"id":"s","seen":0}'),
          appended: [0, 0] as const,
        }
        for (;;) {
          const missing = await missingIn(through)
          if (missing === undefined) break
          // A right that was given a moment ago may not have come to every part of the broker.
          if (given.some((each) => JSON.stringify(each) === JSON.stringify(missing))) continue
          given.push(missing)
          await grant(admin, missing, PRINCIPAL)
        }
        const found = (on: string): string =>
          given
            .filter(({ resource, name }) => `${resource} ${name}` === on)
            .map(({ operation }) => operation)
            .toSorted()
            .join(', ')
        const page = readFileSync(join(import.meta.dirname, '../../docs/kafka.md'), 'utf8')
        const listed = (on: string): string | undefined =>
          new RegExp(`^\\| ${on} \\|[^|]*\\| (.*) \\|$`, 'm').exec(page)?.[1]
        expect(found(`topic ${topics.in}`)).toBe(listed("a source's topic"))
        expect(found(`topic ${topics.out}`)).toBe(listed("an output's topic"))
        expect(found(`transactional-id ${FEED}probe`)).toBe(listed('transactional ids of outputs'))
        expect(found(`group ${FEED}probe`)).toBe(listed('groups of outputs'))

        // A whole run, by certificate and with these rights alone.
        for (const each of given)
          if (each.resource !== 'topic')
            await grant(admin, { ...each, name: FEED }, PRINCIPAL, true)
        await admin.close()
        const { code, err } = await runMain(
          ['run', PIPELINE, '--log', join(folder, 'secured'), '--until-end', '--workers', '1'],
          '',
          {
            env: {
              MILLRACE_TEST_BROKER: broker.mutualAddress,
              MILLRACE_TEST_NAME: 'secured',
              MILLRACE_TEST_CONFIG: config,
              MILLRACE_TEST_LIVE: '',
            },
          },
        )
        expect([code, code === 0 ? '' : err]).toEqual([0, ''])
        await expectOut(topics.out, range(0, 500))
      },
      MINUTES,
    )

    it(
      'that is away while the run goes on is waited for, and what was written meanwhile comes out once',
      async () => {
        const topics = await edges('away')
        const run = start('away')
        await writeRows(other, topics.in, { from: 0, to: 1000, move: true })
        // In the middle of it.
        await comeOut(other, topics.out, 100)
        await broker.kill()
        await until(() => (run.status()?.away.length ?? 0) > 0)
        expect(run.status()?.away.join()).toContain(broker.address)
        await broker.restart()
        await comeOut(other, topics.out, 1000)
        await writeRows(other, topics.in, { from: 1001, to: 1500, move: true })
        await comeOut(other, topics.out, 1499)
        // What comes out may be there before the run tells that its brokers are.
        await until(() => run.status()?.away.length === 0)
        await stop(run)
        await expectOut(topics.out, [...range(0, 1000), ...range(1001, 1500)])
      },
      MINUTES,
    )

    it(
      'of which records went before they were read stops the run with the gap, which goes on by command, and records it',
      async () => {
        const topics = await edges('gap')
        await writeRows(other, topics.in, { from: 0, to: 600, move: true })
        const first = start('gap')
        await comeOut(other, topics.out, 600)
        await stop(first)
        await writeRows(other, topics.in, { from: 601, to: 1201, move: true })
        // Of partition 1 the first 100 of the new ones; an offset of the second append's end may be none of a record.
        const lost = (await recordsOf(other, topics.in))
          .filter(({ partition, value }) => partition === 1 && rowOf(value) >= 601)
          .slice(0, 101)
        const to = lost[100].offset
        await other.trim(topics.in, 1, to)
        const refused = await start('gap').result.then(
          () => '',
          (error: unknown) => String(error),
        )
        expect(refused).toContain('ML_GAP')
        expect(refused).toContain(String(to))
        const second = start('gap', { acceptGap: true })
        const gone = new Set(lost.slice(0, 100).map(({ value }) => rowOf(value)))
        const expected = [...range(0, 600), ...range(601, 1201)].filter((i) => !gone.has(i))
        await comeOut(other, topics.out, expected.length)
        await stop(second)
        await expectOut(topics.out, expected)
        const { log } = await openLog(join(folder, 'gap'))
        const control = (await recordsOf(log, '_millrace.control')).map(({ value }) => value)
        await log.close()
        expect(control.filter((value) => value.includes('"kind":"gap"'))).toHaveLength(1)
      },
      MINUTES,
    )

    it(
      'is copied and written once where several supervisors share it and are killed in turn',
      async () => {
        const topics = await edges('shared')
        const log = `kafka://${broker.address}/log.`
        const sessions = join(folder, 'sessions.properties')
        writeFileSync(sessions, 'session.timeout.ms=3000\n')
        process.env[CONFIG_VARIABLE] = sessions
        try {
          const shares = async (members: number): Promise<void> => {
            for (;;) {
              const group = await readGroup(log, 'edges')
              if (
                group?.members.length === members &&
                group.members.every(({ tasks }) => tasks.length > 0)
              )
                return
              await sleep(100)
            }
          }
          const [a, b] = [start('shared', { log }), start('shared', { log })]
          await shares(2)
          await writeRows(other, topics.in, { from: 0, to: 1000, move: true })
          await comeOut(other, topics.out, 200)
          killTree(a.child)
          await comeOut(other, topics.out, 1000)
          const c = start('shared', { log })
          await shares(2)
          await writeRows(other, topics.in, { from: 1001, to: 2001, move: true })
          await comeOut(other, topics.out, 1200)
          killTree(b.child)
          await comeOut(other, topics.out, 2000)
          await stop(c)
        } finally {
          delete process.env[CONFIG_VARIABLE]
        }
        await expectOut(topics.out, [...range(0, 1000), ...range(1001, 2001)])
      },
      MINUTES,
    )
  },
)

/** The number of a row; NaN of one that only moves the time on. */
function rowOf(value: string): number {
  const { id } = JSON.parse(value)
  return Number(String(id).slice(1))
}
