// What every generator must keep: a seed is a stream, whatever it is cut into, and every row is what the generator says it gives.
import { describe, expect, it } from 'vitest'
import { generate, type Generator } from '../../src/learning/generators/generator.ts'

export interface GeneratorCase {
  readonly make: (seed: number) => Generator
  /** Ways to make it that are refused. */
  readonly bad: readonly (() => Generator)[]
}

export function generatorContract(name: string, { make, bad }: GeneratorCase): void {
  describe(`the generator ${name}`, () => {
    const rows = generate(make(3), 2000)

    it('gives the same rows for the same seed, however they are asked for, and others for another', () => {
      const again = make(3)
      const parts = [generate(again, 0), generate(again, 1), generate(again, 1999)]
      const labels = parts.flatMap((part) => [...part.labels])
      expect(labels).toEqual([...rows.labels])
      rows.columns.forEach((column, i) => {
        expect(parts.flatMap((part) => [...part.columns[i]])).toEqual([...column])
      })
      expect(generate(make(4), 2000).columns).not.toEqual(rows.columns)
    })

    it('gives a finite number for each feature, a value that the feature has, and a label of its classes', () => {
      const { features, classes, task } = make(1)
      expect(rows.columns).toHaveLength(features.length)
      expect(new Set(features.map((feature) => feature.name)).size).toBe(features.length)
      features.forEach(({ values }, i) => {
        const seen = new Set(rows.columns[i])
        expect([...seen].every(Number.isFinite)).toBe(true)
        if (values === undefined) expect(seen.size).toBeGreaterThan(20)
        else expect([...seen].sort((a, b) => a - b)).toEqual([...new Array(values).keys()])
      })
      const labels = [...new Set(rows.labels)].sort((a, b) => a - b)
      if (task === 'classes') expect(labels).toEqual([...new Array(classes).keys()])
      else expect(labels.every(Number.isFinite)).toBe(true)
    })

    it('writes nothing behind the features of a row', () => {
      const { features } = make(1)
      const x = new Float64Array(features.length + 2).fill(-7)
      make(1).next(x)
      expect([...x.subarray(features.length)]).toEqual([-7, -7])
    })

    it('refuses settings that are none', () => {
      for (const each of bad) {
        expect(each).toThrow(
          expect.objectContaining({
            code: 'ML_DEFINITION',
            message: expect.stringContaining('found'),
          }),
        )
      }
    })
  })
}
