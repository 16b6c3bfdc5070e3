// How connections to a cluster are secured: TLS, SASL, both or neither, as a properties file says it.
import { fileURLToPath } from 'node:url'
import { textOf, type Key, type Properties } from './properties.ts'

const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const
const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'] as const

export type SecurityProtocol = (typeof PROTOCOLS)[number]
type Mechanism = (typeof MECHANISMS)[number]

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

/** @throws DefinitionError ML_USAGE; values of the file are never in its message. */
export async function securityOf(given: Properties): Promise<Security> {
  const protocol = given.oneOf('security.protocol', PROTOCOLS, 'PLAINTEXT')
  const tls = protocol.endsWith('SSL') ? await tlsOf(given) : undefined
  const sasl = protocol.startsWith('SASL') ? saslOf(given) : undefined
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
