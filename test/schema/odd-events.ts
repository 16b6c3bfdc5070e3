// Events that are mostly good, some with odd values, keys, order, spaces or bytes: one seed, one list.
import { Prng } from '../../src/base/prng.ts'

export const NUMBERS: readonly string[] = [
  '0',
  '-0',
  '1',
  '-1',
  '1.5',
  '7',
  '42',
  '1e3',
  '1E+2',
  '2e-3',
  '0.1',
  '0.30000000000000004',
  '123456789012345',
  '1234567890123456',
  '12345678901234567',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '-9007199254740993',
  '2147483647',
  '2147483648',
  '-2147483649',
  '4294967296',
  '-1.25',
  '01',
  '-01',
  '1.',
  '.5',
  '+1',
  '1e',
  '1e+',
  '1e400',
  '-1e400',
  '1e-400',
  '0.000000000000001',
  '3.14159265358979',
  '0.8444218515250481',
  '-',
  'NaN',
  'Infinity',
  '12.0',
  '-0.0',
  '5e-324',
  '2.4e-324',
  '1.7976931348623157e308',
  '1.7976931348623159e308',
  '0x10',
  '1_000',
  '100000000000000000000000',
  '0.1e1',
  '4',
  '6',
  '1700000000000',
]
export const TEXTS: readonly string[] = [
  '"a"',
  '"abc"',
  '"abcdefghi"',
  '"abcdefghij"',
  '""',
  '" "',
  '" a "',
  '"é"',
  '"éééééééééé"',
  '"\\u0041"',
  '"\\u00e9"',
  '"\\ud83d\\ude00"',
  '"\\ud800"',
  '"\\udc00x"',
  '"\\ud800\\u0041"',
  '"\\ud800\\uffff"',
  '"a\\"b"',
  '"\\\\"',
  '"\\/\\b\\f\\n\\r\\t"',
  '"\\x"',
  '"\\u12g4"',
  '"😀"',
  '"日本語"',
  '"\t"',
  '"\u007f"',
  '"\u0000"',
  '"x"',
  '"yy"',
  '"A"',
  '"ABC"',
  '"1"',
  '"12.5"',
  '"true"',
  '"no"',
  '"2001-02-03T04:05:06Z"',
  '"2001-02-29T04:05:06Z"',
  '"2004-02-29T04:05:00Z"',
  '"2004-02-29T04:05Z"',
  '"2001-02-03T24:00:00Z"',
  '"2001-02-03T04:05:60Z"',
  '"2001-02-03T04:60:06Z"',
  '"2001-02-03T04:05:06.123456Z"',
  '"2001-02-03T04:05:06.Z"',
  '"2001-13-03T04:05:06Z"',
  '"2001-02-03T04:05:06+01:00"',
  '"2001-02-03T04:05:06.1234567891Z"',
  '"2001-02-03 04:05:06Z"',
  '"2001-02-03"',
  '"2001-02-30"',
  '"04:05:06"',
  '"P1DT2H"',
  '"2001-W05"',
  '"2001-02-03T04:05"',
  '"123e4567-e89b-42d3-a456-426614174000"',
  '"00000000-0000-0000-0000-000000000000"',
  '"a@b.co"',
  '"a@b"',
  '"https://a.b/c"',
  '"192.168.0.1"',
  '"::1"',
  '"10.0.0.0/8"',
  '"+15551234567"',
  '"01ARZ3NDEKTSV4RRFFQ69G5FAV"',
  '"tz4a98xxat96iws9zmbrgj3a"',
  '"aGVsbG8="',
  '"deadbeef"',
  '"#ff0000"',
  '"00:1B:44:11:3A:B7"',
  '"4111111111111111"',
  '"1.2.3"',
  '"{\\"a\\":1}"',
  '"0o17"',
  '"a-b"',
]
export const OTHERS: readonly string[] = [
  'null',
  'true',
  'false',
  'tru',
  'nulll',
  '{}',
  '[]',
  '[1]',
  '[1,2,3]',
  '[1.5,-2,1e3]',
  '[ 1 , 2 ]',
  '[1,]',
  '[,1]',
  '[1,null]',
  '[1,"a"]',
  '["a"]',
  '[[1]]',
  '[1e400]',
  '[1',
  '{"a":{"a":{"a":{}}}}',
  '{"p":1}',
  '{"p":1,"q":"s"}',
  '{"p":"1"}',
  '{"k":1,"k":2}',
  '{"type":"x","v":1}',
  '{"__proto__":1}',
  '[1,2,3,4,5,6,7,8,9]',
  '{"p":1,}',
  '',
]
export const VALUES: readonly string[] = [...NUMBERS, ...TEXTS, ...OTHERS]

const EXTRAS = [
  '"extra":1',
  '"extra":[1,{"a":"b\\n"}]',
  '"extra":{"id":"x"}',
  '"extra":"é"',
  '"__proto__":{"id":"q"}',
  '"constructor":1',
  '"toString":"x"',
  '"\\u0061":1',
  '"\\u0069d":"z"',
  '',
  '"é":null',
  '"extra":01',
  '"extra":"\\ud800"',
  '"":1',
]

/** Fields and their good values as JSON texts; a value that begins with a brace is an object of fields itself. */
export type Good = readonly (readonly [name: string, value: string | Good])[]

export class OddEvents {
  readonly #random: Prng
  readonly #good: Good

  constructor(seed: number, good: Good) {
    this.#random = new Prng(seed)
    this.#good = good
  }

  list(count: number): Buffer[] {
    return Array.from({ length: count }, () => this.#mutated(Buffer.from(this.#object(this.#good))))
  }

  #value(good: string | Good): string {
    if (this.#random.chance(0.9)) return typeof good === 'string' ? good : this.#object(good)
    return this.#random.pick(VALUES)
  }

  #object(good: Good): string {
    const random = this.#random
    const parts = good.map(
      ([name, value]) =>
        `${this.#space()}${JSON.stringify(name)}${this.#space()}:${this.#space()}${this.#value(value)}${this.#space()}`,
    )
    if (random.chance(0.2)) parts.sort(() => random.next() - 0.5)
    if (random.chance(0.1)) parts.splice(random.below(parts.length), 1)
    if (random.chance(0.05) && parts.length > 0) parts.push(random.pick(parts))
    if (random.chance(0.1)) parts.splice(random.below(parts.length + 1), 0, random.pick(EXTRAS))
    return `{${parts.join(',')}}${this.#space()}`
  }

  #space(): string {
    return this.#random.chance(0.03) ? this.#random.pick([' ', '  ', '\n', '\t', '\r\n']) : ''
  }

  /** One byte left out, put in or changed, or the end cut off. */
  #mutated(bytes: Buffer): Buffer {
    const random = this.#random
    if (!random.chance(0.15)) return bytes
    const place = random.below(bytes.length + 1)
    const other = Buffer.from([random.below(256)])
    const pieces = [
      [bytes.subarray(0, place)],
      [bytes.subarray(0, place), bytes.subarray(place + 1)],
      [bytes.subarray(0, place), other, bytes.subarray(place)],
      [bytes.subarray(0, place), other, bytes.subarray(place + 1)],
    ]
    return Buffer.concat(random.pick(pieces))
  }
}

/** Every value in the place of one field, and the field missing. */
export function eventsOf(field: string): string[] {
  const key = JSON.stringify(field)
  return [
    '{}',
    '[]',
    'null',
    '1',
    '',
    ...VALUES.map((value) => `{${key}:${value}}`),
    `{${key}:1,"more":1}`,
    `{${key}:"a","more":1}`,
    // More than an event, however good that is.
    ...['x', '}', ',', '{}', '\u0000'].flatMap((more) => [
      `{${key}:1}${more}`,
      `{${key}:"a"} ${more}`,
    ]),
  ]
}
