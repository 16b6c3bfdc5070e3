// How connections to a cluster are secured: TLS, SASL, both or neither, as a properties file says it.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { DefinitionError } from '../../base/errors.ts'

/** The variable that names the file: an address or a command line would show what is secret to whoever lists processes. */
export const CONFIG_VARIABLE = 'MILLRACE_KAFKA_CONFIG'

const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const
const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'] as const

export type SecurityProtocol = (typeof PROTOCOLS)[number]
type Mechanism = (typeof MECHANISMS)[number]

const KEYS = [
  'security.protocol',
  'ssl.ca.location',
  'ssl.certificate.location',
  'ssl.key.location',
  'ssl.key.password',
  'sasl.mechanism',
  'sasl.username',
  'sasl.password',
  'sasl.oauthbearer.token.endpoint.url',
] as const
type Key = (typeof KEYS)[number]

export interface Tls {
  /** PEM. Undefined: the authorities Node knows. */
  readonly ca: string | undefined
  /** PEM of this client, where the brokers ask for one. */
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly passphrase: string | undefined
}

export type Sasl =
  | {
      readonly mechanism: Exclude<Mechanism, 'OAUTHBEARER'>
      readonly username: string
      readonly password: string
    }
  | {
      readonly mechanism: 'OAUTHBEARER'
      /** Asked before each authentication, so that a token that was renewed is taken up. */
      readonly token: () => Promise<string>
    }

export interface Security {
  readonly protocol: SecurityProtocol
  readonly tls: Tls | undefined
  readonly sasl: Sasl | undefined
}

/** Neither: for brokers of one machine or one network. */
export const PLAIN_CONNECTIONS: Security = {
  protocol: 'PLAINTEXT',
  tls: undefined,
  sasl: undefined,
}

/**
 * @param file undefined or empty: plain connections.
 * @throws DefinitionError ML_USAGE; values of the file are never in its message.
 */
export async function readSecurity(file: string | undefined): Promise<Security> {
  if (file === undefined || file === '') return PLAIN_CONNECTIONS
  const given = new Properties(file, propertiesOf(file, await textOf(file, CONFIG_VARIABLE)))
  const protocol = given.oneOf('security.protocol', PROTOCOLS)
  const tls = protocol.endsWith('SSL') ? await tlsOf(given) : undefined
  const sasl = protocol.startsWith('SASL') ? saslOf(given) : undefined
  given.nothingLeft(protocol)
  return { protocol, tls, sasl }
}

async function tlsOf(given: Properties): Promise<Tls> {
  const pem = async (key: Key): Promise<string | undefined> => {
    const at = given.optional(key)
    return at === undefined ? undefined : textOf(at, key)
  }
  const cert = await pem('ssl.certificate.location')
  const key = await pem('ssl.key.location')
  if ((cert === undefined) !== (key === undefined)) {
    throw given.wrong(
      'ssl.certificate.location and ssl.key.location must be given together; found one of them',
    )
  }
  return {
    ca: await pem('ssl.ca.location'),
    cert,
    key,
    passphrase: given.optional('ssl.key.password'),
  }
}

function saslOf(given: Properties): Sasl {
  const mechanism = given.oneOf('sasl.mechanism', MECHANISMS)
  if (mechanism !== 'OAUTHBEARER') {
    return {
      mechanism,
      username: given.required('sasl.username'),
      password: given.required('sasl.password'),
    }
  }
  const key = 'sasl.oauthbearer.token.endpoint.url'
  const url = given.required(key)
  if (!url.startsWith('file:///')) {
    throw given.wrong(
      `${key} must be file:///PATH of a file that holds the token, which whoever issues tokens keeps fresh; found another kind of URL`,
    )
  }
  const path = fileURLToPath(url)
  return { mechanism, token: async () => (await textOf(path, key)).trim() }
}

class Properties {
  readonly #file: string
  readonly #values: Map<Key, string>

  constructor(file: string, values: Map<Key, string>) {
    this.#file = file
    this.#values = values
  }

  wrong(text: string): DefinitionError {
    return new DefinitionError(`${this.#file}: ${text}`, { code: 'ML_USAGE' })
  }

  optional(key: Key): string | undefined {
    const value = this.#values.get(key)
    this.#values.delete(key)
    return value
  }

  required(key: Key): string {
    const value = this.optional(key)
    if (value === undefined || value === '')
      throw this.wrong(`${key} must be given; found none: add a line ${key}=...`)
    return value
  }

  oneOf<T extends string>(key: Key, allowed: readonly T[]): T {
    const value = this.required(key)
    const found = allowed.find((each) => each === value)
    if (found === undefined) {
      throw this.wrong(`${key} must be one of ${allowed.join(', ')}; found something else`)
    }
    return found
  }

  /** What would have no effect is a mistake: perhaps of the protocol. */
  nothingLeft(protocol: SecurityProtocol): void {
    const [left] = this.#values.keys()
    if (left !== undefined) {
      throw this.wrong(
        `${left} must have an effect; found security.protocol=${protocol}, where it has none: remove the line or change the protocol`,
      )
    }
  }
}

function propertiesOf(file: string, text: string): Map<Key, string> {
  const values = new Map<Key, string>()
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith('!')) continue
    const at = line.indexOf('=')
    const name = line.slice(0, Math.max(at, 0)).trim()
    const key = KEYS.find((each) => each === name)
    const where = `${file}, line ${index + 1}`
    if (key === undefined) {
      // Without a name that is known the line may hold anything, a password too.
      throw new DefinitionError(
        `${where}: a line must be NAME=VALUE with one of the names ${KEYS.join(', ')}; found another`,
        { code: 'ML_USAGE' },
      )
    }
    if (values.has(key)) {
      throw new DefinitionError(`${where}: ${key} must be given once; found it again`, {
        code: 'ML_USAGE',
      })
    }
    values.set(key, line.slice(at + 1).trim())
  }
  return values
}

async function textOf(path: string, named: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'an error'
    throw new DefinitionError(
      `the file that ${named} names must be readable; found ${code} for ${path}`,
      { code: 'ML_USAGE' },
    )
  }
}
