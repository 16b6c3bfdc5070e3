// What a client shows to brokers that ask for a certificate: its PEM files, made by the JDK alone.
import { spawnSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ALIAS, makeCertificate } from './certificate.ts'

export interface ClientCertificate {
  /** PEM file. */
  readonly certificate: string
  /** PEM file of its key (PKCS 8). */
  readonly key: string
  /** The same, encrypted with `passphrase`. */
  readonly encryptedKey: string
  readonly passphrase: string
}

/** @param name brokers know it by `User:CN=NAME`. @param folder where its files are to be. */
export function makeClientCertificate(name: string, folder: string): ClientCertificate {
  const { store, storePassword, certificate } = makeCertificate(name, folder)
  const program = join(import.meta.dirname, 'private-key.java')
  const ran = spawnSync('java', [program, store, storePassword, ALIAS], { encoding: 'utf8' })
  if (ran.status !== 0) throw new Error(`the key of ${name} could not be read: ${ran.stderr}`)
  const key = createPrivateKey({
    key: Buffer.from(ran.stdout, 'base64'),
    format: 'der',
    type: 'pkcs8',
  })
  const passphrase = `passphrase-of-${name}`
  const written = (file: string, text: string | Buffer): string => {
    const at = join(folder, `${name}-${file}`)
    writeFileSync(at, text)
    return at
  }
  return {
    certificate: written('certificate.pem', certificate),
    key: written('key.pem', key.export({ format: 'pem', type: 'pkcs8' })),
    encryptedKey: written(
      'encrypted.pem',
      key.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase }),
    ),
    passphrase,
  }
}
