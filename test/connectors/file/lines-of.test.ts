import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linesOf } from '../../../src/connectors/file/lines-of.ts'

async function* chunked(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function linesIn(
  text: string | Uint8Array,
  sizes: readonly number[] = [7],
): Promise<string[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  const found: string[] = []
  for await (const line of linesOf(chunked(bytes, sizes)))
    found.push(`${line.number} ${Buffer.from(line.bytes).toString('latin1')}`)
  return found
}

describe('lines of bytes', () => {
  it('are the same however the bytes come', async () => {
    const text = fc.stringMatching(/^[ab\r\n \t]{0,60}$/)
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(text, sizes, async (of, cut) => {
        const expected = of
          .split('\n')
          .map((line, i) => `${i + 1} ${line.replace(/\r$/, '')}`)
          .filter((line) => line.replace(/^\d+ /, '').trim() !== '')
        expect(await linesIn(of, cut)).toEqual(expected)
      }),
    )
  })

  it('lose a mark of the byte order, and only before the first', async () => {
    expect(await linesIn('\uFEFFa\n\uFEFFb')).toEqual(['1 a', '2 \u00ef\u00bb\u00bfb'])
  })

  it('keep bytes that are no UTF-8', async () => {
    expect(await linesIn(Uint8Array.of(0xff, 0xfe, 10, 0x80))).toEqual([
      '1 \u00ff\u00fe',
      '2 \u0080',
    ])
  })
})
