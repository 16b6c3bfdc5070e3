import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import { deviceAt, record } from './record.ts'
import { EVERYTHING } from './device.ts'
import { check } from './reopen.ts'
import type { Image } from './trace.ts'

/** So that every part of every file is damaged once. */
const PAGE = 128
const DAMAGED = /must be as it was written/

/** The image with one bit changed. */
function flipped(image: Image, name: string, position: number, bit: number): Image {
  const bytes = Buffer.from(image.get(name) ?? [])
  bytes[position] ^= 1 << bit
  return new Map([...image, [name, bytes]])
}

describe('one bit flipped in any page of any file of a log that was closed', () => {
  it('is detected, or changes nothing that is read', async () => {
    const prng = new Prng(9)
    let found = 0
    let harmless = 0
    for (const trace of await record(5)) {
      const at = trace.events.length
      const image = deviceAt(trace, at).image(EVERYTHING)
      await check(trace, image, at)
      for (const [name, bytes] of image)
        for (let page = 0; page < bytes.length; page += PAGE) {
          const position = Math.min(bytes.length - 1, page + prng.below(PAGE))
          const wrong = await check(trace, flipped(image, name, position, prng.below(8)), at).then(
            () => undefined,
            (error: Error) => error.message,
          )
          // Whatever else `check` says would be a wrong answer.
          if (wrong !== undefined)
            expect({ name, position, wrong }).toMatchObject({
              wrong: expect.stringMatching(DAMAGED),
            })
          if (wrong === undefined) harmless++
          else found++
        }
    }
    expect(found).toBeGreaterThan(50)
    expect(harmless).toBeGreaterThan(5)
  })
})
