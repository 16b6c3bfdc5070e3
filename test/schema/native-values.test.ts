import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { compare } from './oracle.ts'

describe('numbers', () => {
  const schema = z.object({ n: z.number() })
  const same = (texts: readonly string[]): void => {
    expect(
      compare(
        schema,
        texts.map((text) => `{"n":${text}}`),
      ).wrong,
    ).toEqual([])
  }

  it('have the bits JSON.parse gives, for every double', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noDefaultInfinity: true, noNaN: true }), { minLength: 50 }),
        (values) => {
          same(
            values.flatMap((value) => [
              JSON.stringify(value),
              value.toExponential(),
              value.toPrecision(17),
            ]),
          )
        },
      ),
      { numRuns: 30 },
    )
  })

  it('have the bits JSON.parse gives, for every text of digits', () => {
    const digits = (max: number): fc.Arbitrary<string> =>
      fc.stringMatching(new RegExp(`^[0-9]{0,${max}}$`))
    const text = fc
      .tuple(
        fc.constantFrom('', '-', '+'),
        digits(18),
        fc.constantFrom('', '.'),
        digits(18),
        fc.constantFrom('', '', '', 'e5', 'E-7', 'e+2', 'e'),
      )
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.array(text, { minLength: 50 }), (texts) => {
        same(texts)
      }),
      { numRuns: 60 },
    )
  })

  it('have the bits JSON.parse gives, about halfway between two doubles', () => {
    const halves = Array.from({ length: 400 }, (_, i) => (2n ** 53n + BigInt(i * 2 + 1)).toString())
    same([
      ...halves,
      ...halves.map((each) => `${each.slice(0, 8)}.${each.slice(8)}`),
      ...halves.map((each) => `-0.${each}`),
    ])
  })
})

describe('texts', () => {
  it('are read as UTF-8, and bad when they are not', () => {
    const bytes = [
      [0x80],
      [0xbf],
      [0xc0, 0x80],
      [0xc1, 0xbf],
      [0xc2],
      [0xc2, 0x22],
      [0xc2, 0x80],
      [0xdf, 0xbf],
      [0xe0, 0x9f, 0x80],
      [0xe0, 0xa0, 0x80],
      [0xe1, 0x80],
      [0xe1, 0x80, 0x41],
      [0xec, 0xbf, 0xbf],
      [0xed, 0x9f, 0xbf],
      [0xed, 0xa0, 0x80],
      [0xed, 0xbf, 0xbf],
      [0xee, 0x80, 0x80],
      [0xef, 0xbf, 0xbf],
      [0xf0, 0x8f, 0x80, 0x80],
      [0xf0, 0x90, 0x80, 0x80],
      [0xf3, 0x80, 0x80, 0xc0],
      [0xf4, 0x8f, 0xbf, 0xbf],
      [0xf4, 0x90, 0x80, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
      [0xff],
      [0xef, 0xbb, 0xbf],
    ]
    const inText = bytes.map((each) =>
      Buffer.concat([Buffer.from('{"a":"x'), Buffer.from(each), Buffer.from('"}')]),
    )
    const inKey = bytes.map((each) =>
      Buffer.concat([Buffer.from('{"'), Buffer.from(each), Buffer.from('":1,"a":"x"}')]),
    )
    const before = bytes.map((each) => Buffer.concat([Buffer.from(each), Buffer.from('{"a":"x"}')]))
    const { wrong, good } = compare(z.object({ a: z.string() }), [...inText, ...inKey, ...before])
    expect(wrong).toEqual([])
    expect(good).toBe(20)
  })

  it('are the same whatever of them is escaped', () => {
    const escaped = (text: string): string =>
      Array.from(text)
        .map((each, i) => (i % 2 === 0 ? JSON.stringify(each).slice(1, -1) : unicode(each)))
        .join('')
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { minLength: 30 }),
        (texts) => {
          const events = texts.flatMap((text) => [
            `{"a":${JSON.stringify(text)}}`,
            `{"a":"${escaped(text)}"}`,
          ])
          expect(compare(z.object({ a: z.string().max(12) }), events).wrong).toEqual([])
        },
      ),
      { numRuns: 40 },
    )
  })
})

function unicode(text: string): string {
  return Array.from(
    { length: text.length },
    (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('')
}
