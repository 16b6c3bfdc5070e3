// A file of properties, NAME=VALUE a line, of which no value is ever told.
import { readFile } from 'node:fs/promises'
import { DefinitionError } from '../../base/errors.ts'

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
  'replication.factor',
  'min.insync.replicas',
  'transaction.timeout.ms',
  'session.timeout.ms',
] as const
export type Key = (typeof KEYS)[number]

export class Properties {
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

  oneOf<T extends string>(key: Key, allowed: readonly T[], otherwise?: T): T {
    const value = otherwise === undefined ? this.required(key) : (this.optional(key) ?? otherwise)
    const found = allowed.find((each) => each === value)
    if (found === undefined) {
      throw this.wrong(`${key} must be one of ${allowed.join(', ')}; found something else`)
    }
    return found
  }

  /** @returns undefined where it is not given. */
  count(key: Key): number | undefined {
    const value = this.optional(key)
    if (value === undefined) return undefined
    if (!/^[1-9]\d{0,3}$/.test(value))
      throw this.wrong(`${key} must be a whole number from 1; found something else`)
    return Number(value)
  }

  /** @returns undefined where it is not given. */
  millis(key: Key, least: number): number | undefined {
    const value = this.optional(key)
    if (value === undefined) return undefined
    const found = /^\d{1,9}$/.test(value) ? Number(value) : NaN
    if (!(found >= least))
      throw this.wrong(
        `${key} must be a whole number of milliseconds from ${least}; found something else`,
      )
    return found
  }

  /** What would have no effect is a mistake: perhaps of the protocol. */
  nothingLeft(protocol: string): void {
    const [left] = this.#values.keys()
    if (left !== undefined) {
      throw this.wrong(
        `${left} must have an effect; found security.protocol=${protocol}, where it has none: remove the line or change the protocol`,
      )
    }
  }
}

export function propertiesOf(file: string, text: string): Map<Key, string> {
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

export async function textOf(path: string, named: string): Promise<string> {
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
