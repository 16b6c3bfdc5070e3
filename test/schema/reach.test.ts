import { describe, expect, it } from 'vitest'
import type { KeySelector, Selector } from '../../src/contracts/selector.ts'
import { reachOf } from '../../src/schema/reach.ts'
import { keySelector, selector } from '../../src/schema/selector.ts'

/** A function by its text, as it would stand in a definition. */
function written(text: string): Selector {
  return { ...selector((row: never) => row), text, path: undefined }
}

describe('what a function can read', () => {
  it('is the path, or the parts of the key', () => {
    expect(reachOf(selector((row: { a: { b: number } }) => row.a.b))).toEqual([['a', 'b']])
    const key: KeySelector = keySelector((row: { a: string; b: { c: string } }) => [row.a, row.b.c])
    expect(reachOf(key)).toEqual([['a'], ['b', 'c']])
  })

  it.each<[string, string[][]]>([
    ['({ event }) => event', [['event']]],
    ['({ event, prediction }) => ({ id: event.id })', [['event'], ['prediction']]],
    ['({ event: e, prediction }       ) => { return e }', [['event'], ['prediction']]],
    ['(\n  {\n    a,\n    b,\n  },\n) => a', [['a'], ['b']]],
    ['({ $a, _b, }) => 1', [['$a'], ['_b']]],
    ['({}) => 1', []],
  ])('is what an arrow function takes by name: %s', (text, expected) => {
    expect(reachOf(written(text))).toEqual(expected)
  })

  it.each([
    '(row) => row.a + row.b',
    'row => row',
    '({ a, ...rest }) => rest',
    '({ a = 1 }) => a',
    '({ a: { b } }) => b',
    '({ [name]: a }) => a',
    '({ a }, more) => more',
    'function ({ a }) { return arguments[0].b }',
    '({ a }) { return this }',
    'async ({ a }) => a',
    '({ "a": a }) => a',
  ])('is anything where the text says no more: %s', (text) => {
    expect(reachOf(written(text))).toBeUndefined()
  })
})
