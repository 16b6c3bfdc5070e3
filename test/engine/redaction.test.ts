import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ABSENT, PRESENT, type Column } from '../../src/contracts/columns.ts'
import { Redaction } from '../../src/engine/operators/redaction.ts'
import { valueAt } from '../../src/schema/event-view.ts'

const KEY = 'a key'
const DIGEST = /^redacted:[\w-]{22}$/

function redacted(event: unknown, ...paths: string[]): unknown {
  const bytes = new Redaction(paths, KEY).event(Buffer.from(JSON.stringify(event)))
  return JSON.parse(Buffer.from(bytes).toString())
}

describe('a redacted event', () => {
  it('has a digest in the place of each value, of any kind, and all else as it was', () => {
    const event = { a: 1, b: { c: 'x', d: [1, 2], e: null }, f: true }
    expect(redacted(event, 'b.c', 'b.d', 'b.e', 'f', 'g', 'b.h')).toEqual({
      a: 1,
      b: { c: expect.stringMatching(DIGEST), d: expect.stringMatching(DIGEST), e: null },
      f: expect.stringMatching(DIGEST),
    })
  })

  it('has none of a value that stands in the way of a field', () => {
    for (const card of ['4111', 4111, ['4111'], true])
      expect(redacted({ card }, 'card.number')).toEqual({ card: expect.stringMatching(DIGEST) })
  })

  it('is one digest where it is no object, or no JSON', () => {
    for (const text of ['{"card":"41', '4111', '"4111"', '[{"card":1}]', '']) {
      const told = Buffer.from(new Redaction(['card'], KEY).event(Buffer.from(text))).toString()
      expect(JSON.parse(told)).toMatch(DIGEST)
    }
  })

  it('looks equal where the values are, and otherwise not, and nobody without the key can tell', () => {
    const of = (value: unknown, key: string): string =>
      Buffer.from(
        new Redaction(['v'], key).event(Buffer.from(JSON.stringify({ v: value }))),
      ).toString()
    expect(of('a', KEY)).toBe(of('a', KEY))
    expect(of('a', KEY)).not.toBe(of('b', KEY))
    expect(of('a', KEY)).not.toBe(of('a', 'another key'))
    expect(of(1, KEY)).not.toBe(of('1', KEY))
  })

  it('holds no text of a redacted field, whatever the event is', () => {
    const secret = fc.string({ minLength: 6, unit: 'binary' }).map((text) => `secret${text}`)
    fc.assert(
      fc.property(fc.jsonValue(), secret, (other, value) => {
        const told = JSON.stringify(redacted({ other: typeof other, a: { b: value, c: 1 } }, 'a.b'))
        expect(told).not.toContain('secret')
      }),
    )
  })

  it('cannot be made to change objects of the process', () => {
    const bytes = Buffer.from('{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}')
    const told = new Redaction(['__proto__.x', 'constructor.prototype.x'], KEY).event(bytes)
    expect(Reflect.get({}, 'x')).toBeUndefined()
    expect(Buffer.from(told).toString()).not.toContain('"x":1')
  })
})

describe('a redacted column', () => {
  const marks = Uint8Array.of(PRESENT, ABSENT)

  it('of texts has the digests that events have', () => {
    const bytes = Buffer.from('ann')
    const texts: Column = { kind: 'string', bytes, ends: Uint32Array.of(0, 3, 3), marks }
    const column = new Redaction([], KEY).column(texts, 2)
    expect(redacted({ v: 'ann' }, 'v')).toEqual({ v: valueAt(column, 0) })
    expect(valueAt(column, 1)).toBeUndefined()
  })

  it('of anything else has no values', () => {
    const numbers: Column = { kind: 'number', values: Float64Array.of(1, 2), marks: undefined }
    const flags: Column = { kind: 'boolean', values: Uint8Array.of(1, 0), marks: undefined }
    const vectors: Column = {
      kind: 'vector',
      values: Float64Array.of(1, 2),
      ends: Uint32Array.of(0, 1, 2),
      marks: undefined,
    }
    for (const each of [numbers, flags, vectors]) {
      const column = new Redaction([], KEY).column(each, 2)
      expect([column.kind, valueAt(column, 0), valueAt(column, 1)]).toEqual([
        each.kind,
        undefined,
        undefined,
      ])
    }
  })
})
