// A cluster with TLS, SASL and ACLs: who may come in, what it says to whom may not, and that nothing secret is told.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { subscribe } from 'node:diagnostics_channel'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { kafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import { oneRecord } from '../../src/base/records.ts'
import { runMain } from '../e2e/run-main.ts'
import { PAYMENTS } from '../http/run-child.ts'
import { readAll } from '../contracts/log-records.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { makeCertificate } from './certificate.ts'
import { unsignedToken, type Secured } from './secured-listener.ts'

const SASL_HANDSHAKE = 17

/** How often a connection that had authenticated did so again. */
const handshakes = { seen: new WeakSet<object>(), again: 0 }
subscribe('tracing:plt:kafka:connections:api:start', (message) => {
  if (typeof message !== 'object' || message === null) return
  if (!('apiKey' in message) || message.apiKey !== SASL_HANDSHAKE) return
  if (!('connection' in message) || typeof message.connection !== 'object') return
  if (message.connection === null) return
  if (handshakes.seen.has(message.connection)) handshakes.again++
  handshakes.seen.add(message.connection)
})

const SECRET = 'k2-very-secret'

describe.skipIf(!hasKafka)('a secured Kafka (needs Java 17 and Maven)', () => {
  let folder: string
  let broker: KafkaBroker
  let ca: string
  let otherCa: string
  let files = 0
  let secured: Secured
  /** Of the last configuration with a token. */
  let tokenFile: string
  const configOf = (values: Readonly<Record<string, string>>): string => {
    const at = join(folder, `client${files++}.properties`)
    writeFileSync(
      at,
      Object.entries(values)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    )
    return at
  }
  const sasl = (mechanism: string, other: Readonly<Record<string, string>> = {}): string =>
    configOf({
      'security.protocol': 'SASL_SSL',
      'ssl.ca.location': ca,
      'sasl.mechanism': mechanism,
      'sasl.username': 'mill',
      'sasl.password': SECRET,
      ...other,
    })
  const bearer = (token: string): string => {
    tokenFile = join(folder, `token${files}`)
    writeFileSync(tokenFile, token)
    return configOf({
      'security.protocol': 'SASL_SSL',
      'ssl.ca.location': ca,
      'sasl.mechanism': 'OAUTHBEARER',
      'sasl.oauthbearer.token.endpoint.url': `file://${tokenFile}`,
    })
  }
  const open = (config: string, address = broker.securedAddress) =>
    openKafkaLog(kafkaUrl(`kafka://${address}/s.`), config)
  const refusal = async (config: string, address?: string): Promise<string> => {
    const error: unknown = await open(config, address).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    const all = inspect(error, { depth: 10, showHidden: true })
    expect(all).not.toContain(SECRET)
    expect(all).not.toContain(Buffer.from(SECRET).toString('base64'))
    return error instanceof Error ? error.message : ''
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-secured-'))
    const certificate = makeCertificate('localhost', folder)
    ca = join(folder, 'ca.pem')
    otherCa = join(folder, 'other.pem')
    writeFileSync(ca, certificate.certificate)
    writeFileSync(otherCa, makeCertificate('other', folder).certificate)
    secured = { certificate, users: [{ name: 'mill', password: SECRET }] }
    broker = await startKafka({
      secured,
      properties: ['super.users=User:ANONYMOUS;User:mill'],
    })
  }, 180_000)
  afterAll(async () => {
    await broker.dispose()
    rmSync(folder, { recursive: true })
  })

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])(
    'is written and read by %s over TLS, past the end of several sessions',
    async (mechanism) => {
      const log = await open(sasl(mechanism))
      try {
        const topic = `t-${mechanism.toLowerCase()}`
        await log.ensureTopic({ name: topic, partitions: 1 })
        const writer = await log.openWriter(topic)
        const values: string[] = []
        const before = handshakes.again
        // The broker ends a session after a second: a connection that goes on has authenticated again.
        while (handshakes.again < before + 3) {
          const value = String(values.length)
          await writer.append([{ topic, partition: 0, records: oneRecord(0, '', value) }])
          values.push(value)
        }
        expect((await readAll(log, topic)).map((each) => each.value)).toEqual(values)
      } finally {
        await log.close()
      }
    },
    60_000,
  )

  it('says which authority is missing', async () => {
    const message = await refusal(sasl('PLAIN', { 'ssl.ca.location': otherCa }))
    expect(message).toContain('must be signed by an authority of ssl.ca.location')
  })

  it('says that the certificate names another host', async () => {
    const port = broker.securedAddress.split(':')[1]
    const message = await refusal(sasl('PLAIN'), `127.0.0.1:${port}`)
    expect(message).toContain('must name the host that is connected to')
  })

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])(
    'refuses a wrong password and an unknown user by %s at once',
    async (mechanism) => {
      const wrong = { 'sasl.password': `${SECRET}-not` }
      expect(await refusal(sasl(mechanism, wrong))).toContain('sasl.username')
      expect(await refusal(sasl(mechanism, { 'sasl.username': 'stranger' }))).toContain(mechanism)
    },
  )

  it('says that the port speaks TLS, and that it does not', async () => {
    const port = broker.securedAddress
    const plain = await refusal(configOf({ 'security.protocol': 'PLAINTEXT' }), port)
    expect(plain).toContain('security.protocol')
    expect(await refusal(sasl('PLAIN'), broker.address)).toContain('found that it does not')
  }, 60_000)

  it('says that a mechanism is not allowed', async () => {
    const other = await startKafka({
      secured: { ...secured, mechanisms: ['PLAIN'] },
    })
    try {
      const message = await refusal(bearer(unsignedToken('mill', 600)), other.securedAddress)
      expect(message).toContain('must allow the sasl.mechanism OAUTHBEARER')
    } finally {
      await other.dispose()
    }
  }, 60_000)

  it('is written and read by OAUTHBEARER, with each token that the file has had', async () => {
    const config = bearer(unsignedToken('mill', 600))
    const log = await open(config)
    try {
      await log.ensureTopic({ name: 'tokens', partitions: 1 })
      const writer = await log.openWriter('tokens')
      const values: string[] = []
      const before = handshakes.again
      while (handshakes.again < before + 2) {
        const value = String(values.length)
        await writer.append([{ topic: 'tokens', partition: 0, records: oneRecord(0, '', value) }])
        values.push(value)
      }
      expect((await readAll(log, 'tokens')).map((each) => each.value)).toEqual(values)
      // A token that expires while connections are open: they go on with the next one.
      writeFileSync(tokenFile, unsignedToken('mill', 900))
      const again = handshakes.again
      while (handshakes.again < again + 2) await log.topic('tokens')
    } finally {
      await log.close()
    }
  }, 60_000)

  it('refuses a token that has expired, is for nobody, or is none', async () => {
    for (const token of [unsignedToken('mill', -10), unsignedToken('', 600), SECRET])
      expect(await refusal(bearer(token))).toContain(
        'renew the file of sasl.oauthbearer.token.endpoint.url',
      )
  })

  it('is told of without any secret by commands that may not come in', async () => {
    const wrong = `${SECRET}-not`
    const expired = unsignedToken('mill', -10)
    const configs = [
      ...['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'].map((mechanism) =>
        sasl(mechanism, { 'sasl.password': wrong }),
      ),
      bearer(expired),
    ]
    const log = `kafka://${broker.securedAddress}/s.`
    const said = await Promise.all(
      configs.flatMap((config) =>
        [
          ['run', PAYMENTS, '--log', log, '--until-end'],
          ['status', '--log', log, '--json'],
        ].map((args) => runMain(args, '', { env: { MILLRACE_KAFKA_CONFIG: config } })),
      ),
    )
    for (const { code, out, err } of said) {
      expect(code).not.toBe(0)
      expect(err + out).toContain('ML_CONNECTION')
      for (const secret of [wrong, Buffer.from(wrong).toString('base64'), expired])
        expect(out + err).not.toContain(secret)
    }
  }, 120_000)
})
