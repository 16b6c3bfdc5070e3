import { describe, expect, it } from 'vitest'
import { placeDraw } from '../../src/base/place-draw.ts'

const DRAWS = 20_000
const CELLS = 100

/** Chi-square of how many draws fall into each of 100 equal parts. */
function unevenness(draw: (i: number) => number): number {
  const counts = new Float64Array(CELLS)
  for (let i = 0; i < DRAWS; i++) counts[Math.floor(draw(i) * CELLS)]++
  const wanted = DRAWS / CELLS
  return counts.reduce((sum, count) => sum + (count - wanted) ** 2 / wanted, 0)
}

describe('the draw of a place', () => {
  // 99 degrees of freedom: beyond 160 once in 10,000 times.
  it.each([
    ['offsets one after the other', (i: number) => placeDraw(1, 0, i)],
    ['offsets with holes, as on Kafka', (i: number) => placeDraw(1, 3, i * 2)],
    ['great offsets', (i: number) => placeDraw(9, 1, 2 ** 53 - 1 - i)],
    ['offsets that differ in their high half alone', (i: number) => placeDraw(1, 0, i * 2 ** 32)],
    ['partitions', (i: number) => placeDraw(1, i, 5)],
    ['seeds', (i: number) => placeDraw(i, 0, 5)],
  ])('is spread evenly over [0, 1) by %s', (_, draw) => {
    let outside = 0
    for (let i = 0; i < DRAWS; i++) if (!(draw(i) >= 0 && draw(i) < 1)) outside++
    expect(outside).toBe(0)
    expect(unevenness(draw)).toBeLessThan(160)
  })

  it('of one seed says nothing of that of another, nor of the next offset', () => {
    const correlation = (other: (i: number) => number): number => {
      let sum = 0
      for (let i = 0; i < DRAWS; i++) sum += (placeDraw(1, 0, i) - 0.5) * (other(i) - 0.5)
      return (12 * sum) / DRAWS
    }
    for (const other of [
      (i: number) => placeDraw(2, 0, i),
      (i: number) => placeDraw(1, 1, i),
      (i: number) => placeDraw(1, 0, i + 1),
    ])
      expect(Math.abs(correlation(other))).toBeLessThan(0.03)
  })

  it('is part of the format', () => {
    expect([placeDraw(1, 0, 0), placeDraw(1, 0, 1), placeDraw(7, 3, 2 ** 40 + 5)]).toEqual([
      0.41065971962241876, 0.29717856358843486, 0.6977658482788173,
    ])
  })
})
