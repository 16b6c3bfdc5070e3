import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import { encodeRun, RunIndex } from '../../../src/engine/waiting/run-format.ts'
import { RunGroups } from '../../../src/engine/waiting/run-groups.ts'

interface Run {
  readonly number: number
  readonly index: RunIndex
}

/** A run of rows with these hashes, whose pages nobody reads. */
function runOf(number: number, hashes: readonly number[]): Run {
  const nothing = new Uint32Array(hashes.length)
  const base = { due: 0, order: 0, span: 0, version: 0 }
  const rows = { base, bytes: new Uint8Array(0), starts: nothing, ends: nothing }
  const { index } = encodeRun(number, { hashes: Uint32Array.from(hashes).sort(), ...rows })
  return { number, index: new RunIndex(number, index) }
}

function drawn(prng: Prng, count: number): number[] {
  return Array.from({ length: count }, () => prng.uint32())
}

function found(groups: RunGroups<Run>, hashes: readonly number[]): string[] {
  const seen: string[] = []
  groups.findAll(Uint32Array.from(hashes).sort(), ({ number }, place, row) =>
    seen.push(`${number} ${place} ${row}`),
  )
  return seen.sort()
}

/** What is found where each run is looked into by itself. */
function foundOneByOne(runs: Iterable<Run>, hashes: readonly number[]): string[] {
  const seen: string[] = []
  const sorted = Uint32Array.from(hashes).sort()
  for (const { number, index } of runs)
    sorted.forEach((hash, place) => {
      for (let row = index.find(hash, -1); row >= 0; row = index.find(hash, row))
        seen.push(`${number} ${place} ${row}`)
    })
  return seen.sort()
}

/** Steps: a run of so many rows comes, or the one at this place of those there are goes. */
const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ rows: fc.constantFrom(1, 2, 7, 60, 61, 500, 4000) }) },
    { weight: 1, arbitrary: fc.record({ goes: fc.nat() }) },
  ),
  { minLength: 60, maxLength: 160 },
)

describe('runs in groups', () => {
  it('give the rows that each run gives by itself, whatever comes and goes', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (all, seed) => {
        const prng = new Prng(seed)
        const groups = new RunGroups<Run>()
        const runs: Run[] = []
        const known: number[] = []
        for (const [number, step] of all.entries()) {
          if ('rows' in step) {
            const hashes = drawn(prng, step.rows)
            known.push(hashes[0])
            const run = runOf(number + 1, hashes)
            runs.push(run)
            groups.add(run)
          } else if (runs.length > 0) {
            groups.drop(runs.splice(step.goes % runs.length, 1)[0])
          }
          groups.gather()
          if (number % 20 > 0) continue
          const asked = [...known, ...drawn(prng, 50)]
          expect(found(groups, asked)).toEqual(foundOneByOne(runs, asked))
        }
      }),
      { numRuns: 25 },
    )
  })

  it('have no table for few, about a byte a row for many, and none when all are gone', () => {
    const prng = new Prng(5)
    const groups = new RunGroups<Run>()
    const runs = Array.from({ length: 200 }, (_, i) => runOf(i + 1, drawn(prng, 1000)))
    for (const [i, run] of runs.entries()) {
      groups.add(run)
      groups.gather()
      if (i === 30) expect(groups.bytes).toBe(0)
    }
    for (let i = 0; i < 200; i++) groups.gather()
    expect(groups.bytes / (200 * 1000)).toBeGreaterThan(0.7)
    expect(groups.bytes / (200 * 1000)).toBeLessThan(1.5)
    for (const run of runs) groups.drop(run)
    expect(groups.bytes).toBe(0)
    expect(found(groups, drawn(prng, 10))).toEqual([])
  })

  it('have tables of their own for runs that are much larger', () => {
    const prng = new Prng(6)
    const groups = new RunGroups<Run>()
    const small = Array.from({ length: 40 }, (_, i) => runOf(i + 1, drawn(prng, 10)))
    const large = Array.from({ length: 70 }, (_, i) => runOf(i + 41, drawn(prng, 900)))
    for (const run of [...small, ...large]) {
      groups.add(run)
      groups.gather()
    }
    for (let i = 0; i < 100; i++) groups.gather()
    expect(groups.bytes).toBe(2 * 64 * 4 + 3 * 8192 * 4)
    const asked = drawn(prng, 3000)
    expect(found(groups, asked)).toEqual(foundOneByOne([...small, ...large], asked))
  })
})
