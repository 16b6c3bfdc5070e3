// Values that a stream redacts, in what people get to read: dead letters and receipts. In the place of each stands a keyed digest, so that
// equal values still look equal, and nobody without the log's key can try values out. What tasks compute with is never redacted.
import { createHmac } from 'node:crypto'
import { ABSENT, type Column } from '../../contracts/columns.ts'
import { valueAt } from '../../schema/event-view.ts'

/** Of 256 bits: enough that two values never look equal by chance. */
const DIGEST_CHARACTERS = 22

export class Redaction {
  readonly #paths: readonly (readonly string[])[]
  readonly #key: string

  /** @param paths dotted, of the event. @param key the log's own. */
  constructor(paths: readonly string[], key: string) {
    this.#paths = paths.map((path) => path.split('.'))
    this.#key = key
  }

  get any(): boolean {
    return this.#paths.length > 0
  }

  /** An event's bytes without the values. What is no JSON is one value as a whole: what lies where in it cannot be known. */
  event(bytes: Uint8Array): Uint8Array {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
    const event = { root: parsed(text) }
    if (event.root === undefined) return Buffer.from(JSON.stringify(this.#digest(text)))
    for (const path of this.#paths) this.#replace(event, ['root', ...path])
    return Buffer.from(JSON.stringify(event.root))
  }

  /** A column of redacted values: texts and JSON become digests; of other kinds there is no value. */
  column(column: Column, rows: number): Column {
    const { kind } = column
    if (kind === 'string' || kind === 'json') return this.#texts(column, rows, kind)
    const marks = new Uint8Array(rows).fill(ABSENT)
    if (kind === 'boolean') return { kind, values: new Uint8Array(rows), marks }
    if (kind === 'number') return { kind, values: new Float64Array(rows), marks }
    return { kind, values: new Float64Array(0), ends: new Uint32Array(rows + 1), marks }
  }

  #texts(column: Column, rows: number, kind: 'string' | 'json'): Column {
    const ends = new Uint32Array(rows + 1)
    const pieces: Buffer[] = []
    for (let row = 0; row < rows; row++) {
      const value = valueAt(column, row)
      const digest =
        value === undefined || value === null ? '' : this.#digest(JSON.stringify(value))
      const piece = Buffer.from(kind === 'json' && digest !== '' ? JSON.stringify(digest) : digest)
      pieces.push(piece)
      ends[row + 1] = ends[row] + piece.length
    }
    return { kind, bytes: Buffer.concat(pieces), ends, marks: column.marks?.slice(0, rows) }
  }

  /** Where the way to a value is barred by another value than an object, that one is replaced: a wrong event may have it there. */
  #replace(holder: object, path: readonly string[]): void {
    const [name, ...rest] = path
    if (!Object.hasOwn(holder, name)) return
    const value: unknown = Reflect.get(holder, name)
    if (value === null) return
    const isObject = typeof value === 'object' && !Array.isArray(value)
    if (rest.length > 0 && isObject) this.#replace(value, rest)
    else Reflect.set(holder, name, this.#digest(JSON.stringify(value)))
  }

  #digest(text: string): string {
    const digest = createHmac('sha256', this.#key).update(text).digest('base64url')
    return `redacted:${digest.slice(0, DIGEST_CHARACTERS)}`
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
