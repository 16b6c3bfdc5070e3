// The secured listeners of a broker of a test, with ACLs: over TLS and SASL, over TLS with certificates of the clients, and over SASL alone.
import type { MadeCertificate } from './certificate.ts'

export interface Secured {
  readonly certificate: MadeCertificate
  readonly users: readonly { readonly name: string; readonly password: string }[]
  /** Default: all there are. */
  readonly mechanisms?: readonly string[]
  /** A PEM file of the clients' certificates that are trusted. Default: the broker's own alone. */
  readonly clients?: string
}

/** Of its secured listeners: `localhost:PORT`. */
export interface SecuredAddresses {
  /** TLS and SASL (`SASL_SSL`). */
  readonly securedAddress: string
  /** TLS, and every client must have a certificate (`SSL`). */
  readonly mutualAddress: string
  /** SASL without TLS (`SASL_PLAINTEXT`). */
  readonly saslAddress: string
}

export const SECURED_LISTENERS = 3

export function securedAddresses(ports: readonly number[]): SecuredAddresses {
  const [securedAddress, mutualAddress, saslAddress] = ports.map((port) => `localhost:${port}`)
  return { securedAddress, mutualAddress, saslAddress }
}

const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER']

/** A token that the broker takes without a signature (an unsecured JWS): who it is for, and until when it is good. */
export function unsignedToken(subject: string, secondsLeft: number): string {
  const now = Math.floor(Date.now() / 1000)
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  // One that has expired was issued before it did.
  const issued = now + Math.min(0, secondsLeft) - 60
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: issued, exp: now + secondsLeft })}.`
}

/** What StorageTool adds. */
export function scramUsers(secured: Secured | undefined): readonly string[] {
  return (secured?.users ?? []).flatMap(({ name, password }) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map(
      (mechanism) => `${mechanism}=[name=${name},password=${password}]`,
    ),
  )
}

/** Lines of server.properties, which stand over those before. */
export function securedProperties(
  secured: Secured,
  at: {
    readonly address: string
    readonly controller: string
    readonly ports: readonly number[]
  },
): string {
  const { address, controller, ports } = at
  const [tlsAndSasl, mutual, sasl] = ports
  const { store, storePassword } = secured.certificate
  const tls = ['secured', 'mutual'].map(
    (name) => `listener.name.${name}.ssl.keystore.type=PKCS12
listener.name.${name}.ssl.keystore.location=${store}
listener.name.${name}.ssl.keystore.password=${storePassword}
listener.name.${name}.ssl.key.password=${storePassword}
`,
  )
  const trusted =
    secured.clients === undefined
      ? ''
      : `listener.name.mutual.ssl.truststore.type=PEM
listener.name.mutual.ssl.truststore.location=${secured.clients}
`
  return `listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_SSL,MUTUAL:SSL,OPEN:SASL_PLAINTEXT
listeners=PLAINTEXT://${address},CONTROLLER://${controller},SECURED://127.0.0.1:${tlsAndSasl},MUTUAL://127.0.0.1:${mutual},OPEN://127.0.0.1:${sasl}
advertised.listeners=PLAINTEXT://${address},SECURED://localhost:${tlsAndSasl},MUTUAL://localhost:${mutual},OPEN://localhost:${sasl}
inter.broker.listener.name=PLAINTEXT
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
${tls.join('')}listener.name.mutual.ssl.client.auth=required
${trusted}${saslProperties('secured', secured)}${saslProperties('open', secured)}`
}

function saslProperties(listener: string, { users, mechanisms = MECHANISMS }: Secured): string {
  const plain = users.map(({ name, password }) => ` user_${name}="${password}"`).join('')
  const of = `listener.name.${listener}.`
  const module = 'org.apache.kafka.common.security'
  return `${of}sasl.enabled.mechanisms=${mechanisms.join(',')}
${of}connections.max.reauth.ms=1000
${of}plain.sasl.jaas.config=${module}.plain.PlainLoginModule required${plain};
${of}scram-sha-256.sasl.jaas.config=${module}.scram.ScramLoginModule required;
${of}scram-sha-512.sasl.jaas.config=${module}.scram.ScramLoginModule required;
${of}oauthbearer.sasl.jaas.config=${module}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";
`
}
