// Clients that show a certificate (mutual TLS), and SASL without TLS: who may come in, and what is said to whom may not.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oneRecord } from '../../src/base/records.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { kafkaUrl, type KafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import { readAll } from '../contracts/log-records.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { makeCertificate } from './certificate.ts'
import { makeClientCertificate, type ClientCertificate } from './client-certificate.ts'

const MINUTES = 600_000
const PASSWORD = 'k2-very-secret'

describe.skipIf(!hasKafka)('a Kafka that asks for certificates (needs Java 17 and Maven)', () => {
  let folder: string
  let broker: KafkaBroker
  let ca: string
  let mill: ClientCertificate
  /** Trusted, but without any right. */
  let guest: ClientCertificate
  let stranger: ClientCertificate
  let files = 0
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-certificates-'))
    const certificate = makeCertificate('localhost', folder)
    ca = join(folder, 'ca.pem')
    writeFileSync(ca, certificate.certificate)
    mill = makeClientCertificate('mill', folder)
    guest = makeClientCertificate('guest', folder)
    stranger = makeClientCertificate('stranger', folder)
    const clients = join(folder, 'clients.pem')
    writeFileSync(clients, [mill, guest].map((each) => readFileSync(each.certificate)).join(''))
    broker = await startKafka({
      secured: { certificate, users: [{ name: 'mill', password: PASSWORD }], clients },
      properties: ['super.users=User:ANONYMOUS;User:mill;User:CN=mill'],
    })
  }, MINUTES)
  afterAll(async () => {
    await broker.dispose()
    rmSync(folder, { recursive: true })
  })

  function configOf(values: Readonly<Record<string, string>>): string {
    const at = join(folder, `client${files++}.properties`)
    const lines = Object.entries(values).map(([key, value]) => `${key}=${value}\n`)
    writeFileSync(at, lines.join(''))
    return at
  }
  function tls(of?: ClientCertificate, other: Readonly<Record<string, string>> = {}): string {
    return configOf({
      'security.protocol': 'SSL',
      'ssl.ca.location': ca,
      ...(of === undefined
        ? {}
        : { 'ssl.certificate.location': of.certificate, 'ssl.key.location': of.key }),
      ...other,
    })
  }
  function encrypted(passphrase: Readonly<Record<string, string>>): string {
    return tls(mill, { 'ssl.key.location': mill.encryptedKey, ...passphrase })
  }
  function sasl(mechanism: string, password = PASSWORD): string {
    return configOf({
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': mechanism,
      'sasl.username': 'mill',
      'sasl.password': password,
    })
  }
  async function writesAndReads(config: string, address: string, topic: string): Promise<void> {
    const log = await openKafkaLog(kafkaUrl(`kafka://${address}/c.`), config)
    try {
      await log.ensureTopic({ name: topic, partitions: 1 })
      const writer = await log.openWriter(topic)
      for (const value of ['a', 'b'])
        await writer.append([{ topic, partition: 0, records: oneRecord(0, '', value) }])
      expect((await readAll(log, topic)).map(({ value }) => value)).toEqual(['a', 'b'])
    } finally {
      await log.close()
    }
  }
  async function refusal(config: string, address = broker.mutualAddress): Promise<string> {
    const error: unknown = await askedOf(kafkaUrl(`kafka://${address}/c.`), config).catch(
      (reason: unknown) => reason,
    )
    const all = inspect(error, { depth: 10, showHidden: true })
    for (const secret of [PASSWORD, mill.passphrase, readFileSync(mill.key, 'utf8')])
      expect(all).not.toContain(secret)
    return error instanceof Error ? error.message : ''
  }

  it(
    'lets in who shows a certificate it trusts',
    async () => {
      await writesAndReads(tls(mill), broker.mutualAddress, 'by-certificate')
    },
    MINUTES,
  )

  it(
    'lets in who has its key encrypted, with the passphrase',
    async () => {
      const config = encrypted({ 'ssl.key.password': mill.passphrase })
      await writesAndReads(config, broker.mutualAddress, 'by-encrypted-key')
    },
    MINUTES,
  )

  it(
    'says that it asks for a certificate',
    async () => {
      expect(await refusal(tls())).toContain('give ssl.certificate.location and ssl.key.location')
    },
    MINUTES,
  )

  it(
    'says that it does not trust a certificate',
    async () => {
      expect(await refusal(tls(stranger))).toContain('ssl.certificate.location')
    },
    MINUTES,
  )

  it(
    'knows a certificate by its name, and says which right that is missing',
    async () => {
      expect(await refusal(tls(guest))).toContain("Describe the topic 'c.refused'")
    },
    MINUTES,
  )

  it.each([
    ['no passphrase', () => encrypted({}), 'with no ssl.key.password'],
    [
      'another passphrase',
      () => encrypted({ 'ssl.key.password': 'not-this-one' }),
      'with another ssl.key.password',
    ],
    [
      'a key of another certificate',
      () => tls(mill, { 'ssl.key.location': guest.key }),
      'found another key',
    ],
    [
      'a file without a key',
      () => tls(mill, { 'ssl.key.location': mill.certificate }),
      'a PEM file of a private key; found none',
    ],
    [
      'a file without a certificate',
      () => tls(mill, { 'ssl.certificate.location': mill.key }),
      'ssl.certificate.location must name a PEM file of certificates; found none',
    ],
    [
      'a file without an authority',
      () => tls(mill, { 'ssl.ca.location': mill.key }),
      'ssl.ca.location must name a PEM file of certificates; found none',
    ],
  ])('%s is an error before anybody is asked', async (_, config, said) => {
    expect(await refusal(config(), 'nobody:1')).toContain(said)
  })

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])(
    'is written and read by %s without TLS, where it allows that',
    async (mechanism) => {
      await writesAndReads(sasl(mechanism), broker.saslAddress, `open-${mechanism.toLowerCase()}`)
    },
    MINUTES,
  )

  it(
    'refuses a wrong password without TLS, and says so',
    async () => {
      const config = sasl('SCRAM-SHA-256', `${PASSWORD}-not`)
      expect(await refusal(config, broker.saslAddress)).toContain('sasl.username')
    },
    MINUTES,
  )
})

async function askedOf(url: KafkaUrl, config: string): Promise<void> {
  const log = await openKafkaLog(url, config)
  try {
    await log.ensureTopic({ name: 'refused', partitions: 1 })
  } finally {
    await log.close()
  }
}
