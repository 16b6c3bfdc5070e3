import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { callRanges, type BatchPlaces } from '../../src/engine/operators/call-ranges.ts'
import { HangLedger, type KnownHangs } from '../../src/runner/versions/hang-ledger.ts'

const LIMIT = 8
const TASK = 3

function places(from: number, to: number): BatchPlaces {
  const offsets = Float64Array.from({ length: to - from }, (_, i) => from + i)
  return { rows: to - from, partitions: new Float64Array(to - from).fill(1), offsets }
}

function known(ledger: HangLedger): Omit<KnownHangs, 'task' | 'model'> {
  return ledger.of([TASK])[0] ?? { hung: [], suspects: [] }
}

/** Scores rows [0, rows) in batches of the given sizes, again from the last commit whenever a call hangs. */
function score(rows: number, hanging: ReadonlySet<number>, sizes: readonly number[]) {
  const ledger = new HangLedger()
  const called: number[] = []
  let kills = 0
  let news = 0
  let starts = 0
  for (let at = 0; at < rows;) {
    const to = Math.min(rows, at + sizes[starts++ % sizes.length])
    const scored: number[] = []
    const hung = callRanges(places(at, to), known(ledger), LIMIT)
      .filter((range) => range.called)
      .map(({ from, to: end }) => Array.from({ length: end - from }, (_, i) => at + from + i))
      .find((call) => {
        if (call.some((row) => hanging.has(row))) return true
        scored.push(...call)
        return false
      })
    if (hung === undefined) {
      called.push(...scored)
      at = to
      continue
    }
    kills++
    if (ledger.add({ task: TASK, model: 0, commit: 1, rows: hung.map((row) => [1, row]) })) news++
  }
  return { called, kills, news, found: known(ledger).hung.map(([, row]) => row) }
}

describe('calls of a batch', () => {
  it('cover every row once, in order, and none of them has too many', () => {
    const batches = fc.record({
      rows: fc.nat({ max: 60 }),
      hung: fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 9 }),
      suspects: fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 9 }),
    })
    fc.assert(
      fc.property(batches, ({ rows, hung, suspects }) => {
        const rules = {
          hung: hung.map((row) => [1, row] as const),
          suspects: suspects.map((row) => [1, row] as const),
        }
        const ranges = callRanges(places(0, rows), rules, LIMIT)
        const covered = ranges.flatMap(({ from, to }) =>
          Array.from({ length: to - from }, (_, i) => from + i),
        )
        expect(covered).toEqual(Array.from({ length: rows }, (_, row) => row))
        for (const { from, to, called } of ranges) {
          expect(to - from).toBeLessThanOrEqual(LIMIT)
          for (let row = from; row < to; row++) expect(called).toBe(!hung.includes(row))
        }
      }),
    )
  })

  it('find every row that hangs, and score every other one, whatever the batches are after each kill', () => {
    const runs = fc.record({
      rows: fc.integer({ min: 1, max: 60 }),
      hanging: fc.uniqueArray(fc.nat({ max: 59 }), { maxLength: 6 }),
      sizes: fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 7 }),
    })
    fc.assert(
      fc.property(runs, ({ rows, hanging, sizes }) => {
        const bad = new Set(hanging.filter((row) => row < rows))
        const { called, kills, news, found } = score(rows, bad, sizes)
        expect(new Set(found)).toEqual(bad)
        expect(found).toHaveLength(bad.size)
        expect(called).toEqual(
          Array.from({ length: rows }, (_, row) => row).filter((row) => !bad.has(row)),
        )
        // A call of eight rows, halved three times, is a call of one; each row is one new hang and no more.
        expect(kills).toBeLessThanOrEqual(bad.size * 4)
        expect(news).toBe(bad.size)
      }),
      { numRuns: 500 },
    )
  })
})
