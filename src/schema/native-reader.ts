// Generates the code that reads events of one expected order of keys, without spaces but single ones after `:` and `,`.
// Into the code go only places of builders, bytes of keys and bounds of rules: no text of a schema, nothing of an event.
import { ABSENT, NULL, PRESENT } from '../contracts/columns.ts'
import type { ColumnBuilder } from './column-builder.ts'
import type { JsonReader } from './json-reader.ts'
import { isMultiple, type Gone, type NumberRules } from './native-shape.ts'
import type { ScanObject } from './native-scanner.ts'

/** One key of an expected order: a column, an object, or neither for a key that is skipped. */
export interface ReadStep {
  readonly key: Uint8Array
  readonly builder: ColumnBuilder | undefined
  readonly object: ReadObject | undefined
}

/** The steps of an object that is a field, and what becomes of its columns when it is not there. */
export interface ReadObject {
  readonly of: ScanObject
  readonly steps: readonly ReadStep[]
}

/** A run of records that is read into rows of the builders it was made for. */
export interface ReadRun {
  readonly ends: Uint32Array
  readonly recordOf: Uint32Array
  readonly count: number
  /** The next record, and the row it goes to. Moved to the first record that is not as expected. */
  record: number
  row: number
}

export type NativeReader = (run: ReadRun) => void

/** The order in which an event has its keys; keys it has not come at their place in the schema, as far as they go. */
export function stepsOf(object: ScanObject, event: unknown): readonly ReadStep[] {
  const keys = typeof event === 'object' && event !== null ? Object.keys(event) : []
  const place = new Map(keys.map((key, i) => [key, i]))
  let after = -1
  const known = object.fields.map((field) => {
    after = place.get(field.name) ?? after
    const { key, builder } = field
    const value: unknown = place.has(field.name)
      ? Reflect.get(Object(event), field.name)
      : undefined
    const inner =
      field.object === undefined
        ? undefined
        : { of: field.object, steps: stepsOf(field.object, value) }
    return { after, missing: !place.has(field.name), step: { key, builder, object: inner } }
  })
  const names = new Set(object.fields.map(({ name }) => name))
  const skipped = keys.filter((key) => !names.has(key))
  const others = skipped.map((key) => {
    const bytes = Buffer.from(JSON.stringify(key), 'utf8')
    const step = { key: bytes, builder: undefined, object: undefined }
    return { after: place.get(key) ?? 0, missing: false, step }
  })
  return [...known, ...others]
    .sort((a, b) => a.after - b.after || Number(a.missing) - Number(b.missing))
    .map(({ step }) => step)
}

/** undefined where this process may not generate code. */
export function nativeReader(
  steps: readonly ReadStep[],
  builders: readonly ColumnBuilder[],
  reader: JsonReader,
): NativeReader | undefined {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- the point of this file
    const make = new Function(
      'builders',
      'reader',
      'isMultiple',
      new Writer(builders).program(steps),
    )
    return make(builders, reader, isMultiple)
  } catch (error) {
    if (error instanceof EvalError) return undefined
    throw error
  }
}

const UNSURE = 'break sure'

function grows({ leaf }: ColumnBuilder): boolean {
  const { kind } = leaf.rules
  return kind === 'string' || kind === 'vector' || kind === 'json'
}

function mayBeMissing({ builder, object }: ReadStep): boolean {
  if (object !== undefined) return object.of.optional
  return builder === undefined || builder.leaf.missing !== 'refused'
}

/** Where reading stands between two steps: at the first key or the end, after a value, or whatever `open` says. */
type Stand = 'start' | 'value' | 'open'

class Writer {
  readonly #builders: readonly ColumnBuilder[]
  readonly #lines: string[] = []

  constructor(builders: readonly ColumnBuilder[]) {
    this.#builders = builders
  }

  /** Each column's arrays and position are locals; a row moves the positions only when it came to its end. */
  program(steps: readonly ReadStep[]): string {
    const each = (line: (kind: string, i: number, builder: ColumnBuilder) => string): string =>
      this.#builders.map((builder, i) => line(builder.leaf.rules.kind, i, builder)).join('\n')
    const isFlag = (kind: string): boolean => kind === 'boolean' || kind === 'presence'
    this.#object(steps)
    return `'use strict'
${each((_, i) => `const k${i} = builders[${i}]`)}
return function read(run) {
  const b = reader.bytes, recordEnds = run.ends, recordOf = run.recordOf, count = run.count
  let record = run.record, row = run.row
  let p = 0, s = 0, c = 0, w = 0, neg = false, open = false
${each((kind, i, k) =>
  [
    kind === 'string' ? `const t${i} = k${i}.bytes` : '',
    grows(k) ? `const e${i} = k${i}.ends; let u${i} = k${i}.used, q${i} = 0` : '',
    kind === 'number' ? `const v${i} = k${i}.numbers` : '',
    isFlag(kind) ? `const v${i} = k${i}.booleans` : '',
    k.mayMiss ? `const m${i} = k${i}.marks; let a${i} = 0` : '',
  ].join('\n'),
)}
  for (; record < count; record++, row++) {
    sure: {
      const end = recordEnds[record + 1]
      reader.end = end
      p = recordEnds[record]
${this.#lines.join('\n')}
      if (p !== end) ${UNSURE}
${each((_, i, k) => (grows(k) ? `e${i}[row + 1] = u${i} = q${i}` : ''))}
      recordOf[row] = record
      continue
    }
    break
  }
${each((_, i, k) =>
  [grows(k) ? `k${i}.used = u${i}` : '', k.mayMiss ? `if (a${i} !== 0) k${i}.marked = 1` : ''].join(
    '\n',
  ),
)}
  run.record = record
  run.row = row
}`
  }

  #add(line: string): void {
    this.#lines.push(line)
  }

  #object(steps: readonly ReadStep[]): void {
    this.#add(`if (b[p] !== 123) ${UNSURE}; p++`)
    let stand: Stand = 'start'
    for (const step of steps) stand = this.#step(step, stand)
    if (stand === 'open') this.#add(`if (open) ${UNSURE}`)
    this.#add(`if (b[p] !== 125) ${UNSURE}; p++`)
  }

  #step(step: ReadStep, stand: Stand): Stand {
    if (!mayBeMissing(step)) {
      if (stand === 'open') this.#add(`if (!open) ${UNSURE}`)
      if (stand === 'value') this.#add(`if (b[p] !== 44) ${UNSURE}; p++; if (b[p] === 32) p++`)
      this.#add(`if (!(${matches(step.key)})) ${UNSURE}`)
      this.#found(step)
      return 'value'
    }
    if (stand === 'start') this.#add('open = b[p] !== 125')
    if (stand === 'value') this.#comma()
    this.#add(`if (open && ${matches(step.key)}) {`)
    this.#found(step)
    this.#comma()
    const { builder, object } = step
    if (builder !== undefined)
      this.#add(`} else { ${this.#gone(builder, builder.leaf.missing, ABSENT)} }`)
    else if (object === undefined) this.#add('}')
    else this.#add(`} else { ${this.#allGone(object.of, ABSENT)} }`)
    return 'open'
  }

  /** Past a comma and its space, if there is one. */
  #comma(): void {
    this.#add('open = b[p] === 44; if (open) { p++; if (b[p] === 32) p++ }')
  }

  #found({ key, builder, object }: ReadStep): void {
    this.#add(`p += ${key.length + 1}; if (b[p] === 32) p++`)
    if (builder !== undefined) this.#value(builder)
    else if (object !== undefined) this.#inner(object)
    else this.#add(`p = reader.skip(p); if (p < 0) ${UNSURE}`)
  }

  #inner({ of, steps }: ReadObject): void {
    if (of.nullable)
      this.#add(
        `if (b[p] === 110) { if (!(${isWord('null')})) ${UNSURE}; p += 4; ${this.#allGone(of, NULL)} } else {`,
      )
    if (of.presence !== undefined) {
      const i = this.#builders.indexOf(of.presence)
      this.#add(`m${i}[row] = ${PRESENT}; v${i}[row] = 1`)
    }
    this.#object(steps)
    if (of.nullable) this.#add('}')
  }

  #allGone(object: ScanObject, mark: number): string {
    return object.builders
      .map((builder) => this.#mark(builder, builder === object.presence ? mark : ABSENT))
      .join('; ')
  }

  #mark(builder: ColumnBuilder, mark: number): string {
    const i = this.#builders.indexOf(builder)
    const value = grows(builder) ? `q${i} = u${i}` : `v${i}[row] = 0`
    return `m${i}[row] = ${mark}; a${i} = 1; ${value}`
  }

  /** Where there is no value: a mark, or a constant, which the builder puts. */
  #gone(builder: ColumnBuilder, gone: Gone, mark: number): string {
    if (gone === 'refused') return UNSURE
    if (gone === 'kept') return this.#mark(builder, mark)
    const i = this.#builders.indexOf(builder)
    const put = `k${i}.${mark === ABSENT ? 'missing' : 'nil'}(row)`
    return grows(builder) ? `k${i}.used = u${i}; ${put}; q${i} = k${i}.used` : put
  }

  #value(builder: ColumnBuilder): void {
    const i = this.#builders.indexOf(builder)
    const { rules, null: nil } = builder.leaf
    const nullable = nil !== 'refused'
    if (nullable)
      this.#add(
        `if (b[p] === 110) { if (!(${isWord('null')})) ${UNSURE}; p += 4; ${this.#gone(builder, nil, NULL)} } else {`,
      )
    switch (rules.kind) {
      case 'string':
        this.#text(i, builder)
        break
      case 'number':
        this.#number(i, rules.number)
        break
      case 'boolean':
        this.#boolean(i, rules.only)
        break
      case 'vector':
      case 'json':
        this.#add(`k${i}.used = u${i}; p = k${i}.${rules.kind}(reader, p); if (p < 0) ${UNSURE}`)
        this.#add(`q${i} = k${i}.used`)
        break
      case 'presence':
    }
    if (builder.mayMiss) this.#add(`m${i}[row] = ${PRESENT}`)
    if (nullable) this.#add('}')
  }

  /** Plain bytes are copied as they are looked at; from the first other one on, the reader goes on. */
  #text(i: number, builder: ColumnBuilder): void {
    const { rules } = builder.leaf
    this.#add(`if (b[p] !== 34) ${UNSURE}; s = ++p; q${i} = u${i}
while ((c = b[p]) !== 34 && c > 31 && c < 128 && c !== 92) { t${i}[q${i}++] = c; p++ }
w = s = p - s
if (c === 34) p++
else {
  k${i}.used = q${i}; p = reader.text(p, w, k${i}); if (p < 0) ${UNSURE}
  q${i} = k${i}.used; w = reader.units; s = reader.points
}`)
    if (rules.kind !== 'string') return
    const { min, max, values, patterns } = rules.text
    if (values !== undefined || patterns.length > 0)
      this.#add(`if (!k${i}.textFits(u${i}, q${i}, w, s)) ${UNSURE}`)
    else {
      if (min > 0) this.#add(`if (s < ${min}) ${UNSURE}`)
      if (max < Infinity) this.#add(`if (w > ${max}) ${UNSURE}`)
    }
  }

  #number(i: number, rules: NumberRules): void {
    this.#add(`neg = b[p] === 45; s = neg ? p + 1 : p; c = s; w = 0
while ((b[c] ^ 48) <= 9) w = w * 10 + (b[c++] ^ 48)
if (c === s || c - s > 15 || (b[s] === 48 && c - s > 1) || b[c] === 46 || (b[c] | 32) === 101) {
  p = reader.number(p); if (p < 0) ${UNSURE}
  w = reader.value
} else { p = c; if (neg) w = -w }`)
    const fits = numberTest(rules, i)
    if (fits !== '') this.#add(`if (!(${fits})) ${UNSURE}`)
    this.#add(`v${i}[row] = w`)
  }

  #boolean(i: number, only: boolean | undefined): void {
    const yes = `if (${isWord('true')}) { p += 4; v${i}[row] = 1 }`
    const no = `if (${isWord('false')}) { p += 5; v${i}[row] = 0 }`
    const tests = only === undefined ? [yes, no] : [only ? yes : no]
    this.#add(`${tests.join(' else ')} else ${UNSURE}`)
  }
}

/** Whether the key and its colon stand at p. Reading past the end of the bytes gives undefined, which no byte equals. */
function matches(key: Uint8Array): string {
  return [...key, 58].map((byte, i) => `b[p + ${i}] === ${byte}`).join(' && ')
}

function isWord(word: string): string {
  return [...Buffer.from(word, 'latin1')].map((byte, i) => `b[p + ${i}] === ${byte}`).join(' && ')
}

function numberTest(rules: NumberRules, i: number): string {
  const tests: string[] = []
  if (rules.min > -Infinity) tests.push(`w ${rules.minExclusive ? '>' : '>='} ${rules.min}`)
  if (rules.max < Infinity) tests.push(`w ${rules.maxExclusive ? '<' : '<='} ${rules.max}`)
  if (rules.integer) tests.push('Number.isInteger(w)')
  if (rules.safeInteger) tests.push('Number.isSafeInteger(w)')
  if (rules.step !== undefined) tests.push(`w % ${rules.step} === 0`)
  if (rules.decimal !== undefined) tests.push(`isMultiple(k${i}.leaf.rules.number.decimal, w)`)
  if (rules.values !== undefined) tests.push(`k${i}.leaf.rules.number.values.includes(w)`)
  return tests.join(' && ')
}
