// Certificates for brokers and clients of a test, which the JDK's keytool makes: signed by themselves, so that each is its own authority.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** What its key is called in the file. */
export const ALIAS = 'broker'

export interface MadeCertificate {
  /** The file (PKCS 12) with its key. */
  readonly store: string
  readonly storePassword: string
  /** PEM. */
  readonly certificate: string
}

/** @param host the name it is for. @param folder where its file is to be. */
export function makeCertificate(host: string, folder: string): MadeCertificate {
  const store = join(folder, `${host}.p12`)
  const storePassword = 'changeit'
  const keytool = (...args: string[]): string => {
    const ran = spawnSync(
      'keytool',
      [...args, '-alias', ALIAS, '-storepass', storePassword, '-keystore', store],
      { encoding: 'utf8' },
    )
    if (ran.status !== 0) throw new Error(`keytool failed: ${ran.stdout}${ran.stderr}`)
    return ran.stdout
  }
  const names = ['-dname', `CN=${host}`, '-ext', `san=dns:${host}`, '-storetype', 'PKCS12']
  keytool('-genkeypair', '-keyalg', 'EC', '-groupname', 'secp256r1', '-validity', '30', ...names)
  return { store, storePassword, certificate: keytool('-exportcert', '-rfc') }
}
