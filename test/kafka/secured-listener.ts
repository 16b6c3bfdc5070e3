// The listener over TLS and SASL of a broker of a test, with users by name and password, and ACLs.
import type { MadeCertificate } from './certificate.ts'

export interface Secured {
  readonly certificate: MadeCertificate
  readonly users: readonly { readonly name: string; readonly password: string }[]
  /** Default: all there are. */
  readonly mechanisms?: readonly string[]
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
  { certificate, users, mechanisms = MECHANISMS }: Secured,
  at: { readonly address: string; readonly controller: string; readonly securedPort: number },
): string {
  const { address, controller, securedPort } = at
  const plain = users.map(({ name, password }) => ` user_${name}="${password}"`).join('')
  const of = 'listener.name.secured.'
  return `listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_SSL
listeners=PLAINTEXT://${address},CONTROLLER://${controller},SECURED://127.0.0.1:${securedPort}
advertised.listeners=PLAINTEXT://${address},SECURED://localhost:${securedPort}
inter.broker.listener.name=PLAINTEXT
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
${of}ssl.keystore.type=PKCS12
${of}ssl.keystore.location=${certificate.store}
${of}ssl.keystore.password=${certificate.storePassword}
${of}ssl.key.password=${certificate.storePassword}
${of}sasl.enabled.mechanisms=${mechanisms.join(',')}
${of}connections.max.reauth.ms=1000
${of}plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required${plain};
${of}scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
${of}oauthbearer.sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";
${of}scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
`
}
