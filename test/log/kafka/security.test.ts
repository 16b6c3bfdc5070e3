// The file that says how connections to a cluster are secured.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  AS_THE_CLUSTER_SAYS,
  readKafkaConfig,
  TIMEOUTS,
} from '../../../src/log/kafka/kafka-config.ts'
import { PLAIN_CONNECTIONS } from '../../../src/log/kafka/security.ts'

const SECRET = 'very-secret'

describe('the file that MILLRACE_KAFKA_CONFIG names', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-security-'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })
  const read = (...lines: readonly string[]) => {
    const file = join(folder, 'client.properties')
    writeFileSync(file, lines.join('\n'))
    return readKafkaConfig(file)
  }
  const refusal = async (...lines: readonly string[]): Promise<string> => {
    const error: unknown = await read(...lines).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    const message = error instanceof Error ? error.message : ''
    expect(message).not.toContain(SECRET)
    return message
  }

  it('is not needed for plain connections', async () => {
    for (const none of [undefined, ''])
      expect(await readKafkaConfig(none)).toEqual({
        security: PLAIN_CONNECTIONS,
        topics: AS_THE_CLUSTER_SAYS,
        timeouts: TIMEOUTS,
      })
  })

  it('takes a password as it stands, with signs of equality in it', async () => {
    const {
      security: { sasl, tls },
    } = await read(
      '# a comment',
      'security.protocol = SASL_PLAINTEXT',
      'sasl.mechanism=PLAIN',
      'sasl.username=mill',
      'sasl.password=a=b#c',
    )
    expect(sasl).toEqual({ mechanism: 'PLAIN', username: 'mill', password: 'a=b#c' })
    expect(tls).toBeUndefined()
  })

  it('says how topics are made, also where connections are plain', async () => {
    const { security, topics } = await read('replication.factor=3', 'min.insync.replicas=2')
    expect(security).toEqual(PLAIN_CONNECTIONS)
    expect(topics).toEqual({ replicas: 3, minInSync: 2 })
  })

  it('says when the cluster gives a process up', async () => {
    const { timeouts } = await read('transaction.timeout.ms=60000')
    expect(timeouts).toEqual({ transactionMs: 60_000, sessionMs: TIMEOUTS.sessionMs })
    const both = await read('transaction.timeout.ms=2000', 'session.timeout.ms=45000')
    expect(both.timeouts).toEqual({ transactionMs: 2000, sessionMs: 45_000 })
  })

  it('has the token read anew each time', async () => {
    const token = join(folder, 'token')
    const {
      security: { sasl },
    } = await read(
      'security.protocol=SASL_PLAINTEXT',
      'sasl.mechanism=OAUTHBEARER',
      `sasl.oauthbearer.token.endpoint.url=${pathToFileURL(token).href}`,
    )
    if (sasl?.mechanism !== 'OAUTHBEARER') throw new Error('another mechanism')
    for (const text of ['first', 'second']) {
      writeFileSync(token, `${text}\n`)
      expect(await sasl.token()).toBe(text)
    }
  })

  it('refuses what it does not know, what is missing and what has no effect, and tells no value', async () => {
    const user = ['sasl.username=mill', `sasl.password=${SECRET}`]
    expect(await refusal(`sasl.pasword=${SECRET}`)).toContain('line 1')
    expect(await refusal(SECRET)).toContain('NAME=VALUE')
    expect(await refusal(...user)).toContain('found security.protocol=PLAINTEXT')
    expect(await refusal('replication.factor=many')).toContain('whole number')
    for (const wrong of ['1999', '10s', '1e4', '-5000', ''])
      expect(await refusal(`session.timeout.ms=${wrong}`)).toContain(
        'session.timeout.ms must be a whole number of milliseconds from 2000',
      )
    expect(await refusal('replication.factor=2', 'min.insync.replicas=3')).toContain('at most')
    expect(await refusal(`security.protocol=${SECRET}`)).toContain('must be one of PLAINTEXT')
    expect(await refusal('security.protocol=SASL_SSL', ...user)).toContain('sasl.mechanism')
    expect(await refusal('security.protocol=SSL', ...user)).toContain('must have an effect')
    expect(await refusal(...user, ...user)).toContain('given once')
    expect(await refusal('security.protocol=SSL', 'ssl.ca.location=/nowhere')).toContain('ENOENT')
  })
})
