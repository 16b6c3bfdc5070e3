// How connections to a cluster are secured: TLS, SASL, both or neither, as a properties file says it.
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
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
  const tls: Tls = {
    ca: await pem('ssl.ca.location'),
    cert: await pem('ssl.certificate.location'),
    key: await pem('ssl.key.location'),
    passphrase: given.optional('ssl.key.password'),
  }
  const { ca, cert, key } = tls
  if ((cert === undefined) !== (key === undefined)) {
    throw given.wrong(
      'ssl.certificate.location and ssl.key.location must be given together; found one of them',
    )
  }
  // Of an authority that is no certificate Node's TLS says nothing, and then trusts nobody.
  if (ca !== undefined) certificateOf(given, ca, 'ssl.ca.location')
  if (cert !== undefined && key !== undefined) checkClient(given, { ...tls, cert, key })
  return tls
}

/** @throws DefinitionError ML_USAGE: a connection would fail with what OpenSSL calls it, or without any reason. */
function checkClient(
  given: Properties,
  { cert, key, passphrase }: Tls & { readonly cert: string; readonly key: string },
): void {
  const certificate = certificateOf(given, cert, 'ssl.certificate.location')
  if (!certificate.checkPrivateKey(keyOf(given, key, passphrase))) {
    throw given.wrong(
      'ssl.key.location must hold the key of the certificate of ssl.certificate.location; found another key: give the two that belong together, the own certificate first in its file',
    )
  }
}

function certificateOf(given: Properties, pem: string, named: Key): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch {
    throw given.wrong(
      `${named} must name a PEM file of certificates; found none in it: it begins with -----BEGIN CERTIFICATE-----`,
    )
  }
}

/** What OpenSSL says of a key that it cannot read never leaves here. */
function keyOf(given: Properties, key: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) })
  } catch {
    if (!key.includes('PRIVATE KEY-----')) {
      throw given.wrong(
        'ssl.key.location must name a PEM file of a private key; found none in it: it begins with -----BEGIN PRIVATE KEY----- or -----BEGIN ENCRYPTED PRIVATE KEY-----',
      )
    }
    const found = passphrase === undefined ? 'no ssl.key.password' : 'another ssl.key.password'
    throw given.wrong(
      `the key of ssl.key.location must be readable; found that it is not with ${found}: give the passphrase it was encrypted with`,
    )
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
