// Why a connection was refused for good: what TLS or SASL found. Trying again would find the same.
import { ConnectorError, MillraceError } from '../../base/errors.ts'
import type { Security, Tls } from './security.ts'

/** Of Node's TLS: the chain of the broker's certificate does not end at an authority that is trusted, or is out of date. */
const UNTRUSTED = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
])

/** What a broker that asks for a certificate says to a client without one. */
const CERTIFICATE_WANTED = /ALERT_CERTIFICATE_REQUIRED$|ALERT_HANDSHAKE_FAILURE$/
/** What it says of a certificate that it does not take. */
const CERTIFICATE_REFUSED =
  /ALERT_(?:BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(?:UNKNOWN|REVOKED|EXPIRED)|UNKNOWN_CA|ACCESS_DENIED)$/

const TOKEN_REFUSED =
  'the broker must accept the token; found that it is refused or expired: renew the file of sasl.oauthbearer.token.endpoint.url'

/** @returns undefined where another try may succeed. Nothing of what was sent is in the error, nor the wire layer's own as its cause. */
export function refusedConnection(error: unknown, security: Security): MillraceError | undefined {
  const chain = chainOf(error)
  const own = chain.find((each) => each instanceof MillraceError)
  if (own !== undefined) return own
  const text = whyRefused(chain, security)
  return text === undefined ? undefined : new ConnectorError('ML_CONNECTION', text)
}

function whyRefused(
  chain: readonly Error[],
  { protocol, sasl, tls }: Security,
): string | undefined {
  const codes = chain.map((each) => ('code' in each ? String(each.code) : ''))
  const says = (text: string): boolean => chain.some(({ message }) => message.includes(text))
  const api = (id: string): boolean => chain.some((each) => 'apiId' in each && each.apiId === id)
  const untrusted = codes.find((code) => UNTRUSTED.has(code))
  if (untrusted !== undefined)
    return `the broker's certificate must be signed by an authority of ssl.ca.location; found ${untrusted}: give the authority that signed it`
  if (codes.includes('CERT_HAS_EXPIRED'))
    return "the broker's certificate must be valid today; found CERT_HAS_EXPIRED: renew it"
  if (codes.includes('ERR_TLS_CERT_ALTNAME_INVALID'))
    return "the broker's certificate must name the host that is connected to; found another name: use a host of the certificate in the address and in the broker's advertised.listeners"
  const alert = tls === undefined ? undefined : clientRefused(codes, tls)
  if (alert !== undefined) return alert
  if (says('Broker requires TLS'))
    return `the broker's port must speak ${protocol}; found TLS: set security.protocol to SSL or SASL_SSL`
  if (says('verify the broker supports TLS') || codes.includes('ERR_SSL_WRONG_VERSION_NUMBER'))
    return `the broker's port must speak TLS for ${protocol}; found that it does not: use its port for TLS, or set security.protocol to PLAINTEXT or SASL_PLAINTEXT`
  if (sasl === undefined) return undefined
  if (api('UNSUPPORTED_SASL_MECHANISM'))
    return `the broker must allow the sasl.mechanism ${sasl.mechanism}; found that it does not: see its sasl.enabled.mechanisms`
  // A connection that only ended while it authenticated is not refused: the broker may be stopping.
  if (says('Invalid server signature'))
    return 'the broker must prove that it knows the password too; found that it does not: it may be another than it says'
  if (api('SASL_AUTHENTICATION_FAILED'))
    return sasl.mechanism === 'OAUTHBEARER'
      ? TOKEN_REFUSED
      : `the broker must know the user of sasl.username with the password of sasl.password by ${sasl.mechanism}; found that it refuses them`
  return undefined
}

function clientRefused(codes: readonly string[], { cert }: Tls): string | undefined {
  const found = codes.find(
    (code) => CERTIFICATE_WANTED.test(code) || CERTIFICATE_REFUSED.test(code),
  )
  if (found === undefined) return undefined
  if (cert === undefined)
    return `the broker must let clients in without a certificate, or be shown one; found ${found}: give ssl.certificate.location and ssl.key.location`
  return `the broker must trust the certificate of ssl.certificate.location; found ${found}: give one that is valid today, of an authority that is in the broker's ssl.truststore`
}

export function refusedToken(): ConnectorError {
  return new ConnectorError('ML_CONNECTION', TOKEN_REFUSED)
}

/** The error, its causes and what it gathers. */
function chainOf(error: unknown): readonly Error[] {
  const found: Error[] = []
  const waiting: unknown[] = [error]
  while (waiting.length > 0 && found.length < 64) {
    const each = waiting.pop()
    if (!(each instanceof Error) || found.includes(each)) continue
    found.push(each)
    waiting.push(each.cause)
    if ('errors' in each && Array.isArray(each.errors)) waiting.push(...each.errors)
  }
  return found
}
