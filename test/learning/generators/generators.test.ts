// What the papers say of each generator: how the classes are balanced, where the boundaries lie, and how much noise there is.
import { describe, expect, it } from 'vitest'
import { agrawal } from '../../../src/learning/generators/agrawal.ts'
import { friedman } from '../../../src/learning/generators/friedman.ts'
import { generate, type Generator } from '../../../src/learning/generators/generator.ts'
import { hyperplane } from '../../../src/learning/generators/hyperplane.ts'
import { led } from '../../../src/learning/generators/led.ts'
import { radialBasis } from '../../../src/learning/generators/radial-basis.ts'
import { randomTree } from '../../../src/learning/generators/random-tree.ts'
import { sea } from '../../../src/learning/generators/sea.ts'
import { stagger } from '../../../src/learning/generators/stagger.ts'

const ROWS = 10_000
/** Five standard deviations of a share of that many rows. */
const CLOSE = 5 * Math.sqrt(0.25 / ROWS)

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Share of rows whose label is what the rule says. */
function agreeing(generator: Generator, rule: (x: number[]) => number): number {
  const { columns, labels } = generate(generator, ROWS)
  return mean(
    labels.map((label, row) => (rule(columns.map((column) => column[row])) === label ? 1 : 0)),
  )
}

describe('SEA', () => {
  it.each([
    [0, 8, 0.68],
    [1, 9, 0.595],
    [2, 7, 0.755],
    [3, 9.5, 0.54875],
  ])(
    'in concept %i has its boundary at %d, and the share of class 1 of that area',
    (concept, threshold, share) => {
      expect(agreeing(sea({ concept, noise: 0 }), ([a, b]) => (a + b > threshold ? 1 : 0))).toBe(1)
      const { labels, columns } = generate(sea({ concept, noise: 0 }), ROWS)
      expect(Math.abs(mean(labels) - share)).toBeLessThan(CLOSE)
      expect(Math.max(...columns[2])).toBeGreaterThan(9.99)
    },
  )

  it('turns one class in ten round', () => {
    const kept = agreeing(sea(), ([a, b]) => (a + b > 8 ? 1 : 0))
    expect(Math.abs(kept - 0.9)).toBeLessThan(CLOSE)
  })
})

describe('STAGGER', () => {
  it.each([
    [0, 1 / 9, ([size, colour]: number[]) => (size === 0 && colour === 0 ? 1 : 0)],
    [1, 5 / 9, ([, colour, shape]: number[]) => (colour === 2 || shape === 0 ? 1 : 0)],
    [2, 2 / 3, ([size]: number[]) => (size === 1 || size === 2 ? 1 : 0)],
  ])('in concept %i is true for %d of the rows', (concept, share, rule) => {
    expect(agreeing(stagger({ concept }), rule)).toBe(1)
    expect(Math.abs(mean(generate(stagger({ concept }), ROWS).labels) - share)).toBeLessThan(CLOSE)
  })
})

describe('Agrawal', () => {
  // Group A by integration over the uniform salary, age, education and loan of the paper.
  const middle = 50 / 130
  const [young, grown, old] = [20 / 61, 20 / 61, 21 / 61]
  it.each([
    [1, young + old],
    [2, middle],
    [3, young * 0.4 + grown * 0.6 + old * 0.6],
    [4, middle],
    [5, 0.4],
  ])('function %i puts %d of the people into group A', (concept, share) => {
    const { labels } = generate(agrawal({ concept }), ROWS)
    expect(Math.abs(1 - mean(labels) - share)).toBeLessThan(CLOSE)
  })

  it.each([
    [
      7,
      ([salary, commission, , , , , , , loan]: number[]) =>
        (2 * (salary + commission)) / 3 - loan / 5 - 20_000,
    ],
    [
      8,
      ([salary, commission, , school]: number[]) =>
        (2 * (salary + commission)) / 3 - 5000 * school - 20_000,
    ],
    [
      9,
      ([salary, commission, , school, , , , , loan]: number[]) =>
        (2 * (salary + commission)) / 3 - 5000 * school - loan / 5 - 10_000,
    ],
    [
      10,
      ([salary, commission, , school, , , value, years]: number[]) =>
        (2 * (salary + commission)) / 3 -
        5000 * school +
        (years < 20 ? 0 : value * (years - 20)) / 50 -
        10_000,
    ],
  ])('function %i is the disposable income of the paper', (concept, income) => {
    const settings = { concept, perturbation: 0 }
    expect(agreeing(agrawal(settings), (x) => (income(x) > 0 ? 0 : 1))).toBe(1)
  })

  it('pays a commission below a salary of 75,000 alone, and bounds the house by its street', () => {
    const { columns } = generate(agrawal({ perturbation: 0 }), ROWS)
    const [salary, commission, age, , , zip, house, years] = columns
    expect(salary.every((pay, row) => pay >= 75_000 === (commission[row] === 0))).toBe(true)
    const prices = house.map((value, row) => value / ((9 - zip[row]) * 100_000))
    expect(Math.min(...prices)).toBeGreaterThanOrEqual(0.5)
    expect(Math.max(...prices)).toBeLessThanOrEqual(1.5)
    expect([Math.min(...age), Math.max(...age)]).toEqual([20, 80])
    expect([Math.min(...years), Math.max(...years)]).toEqual([1, 30])
  })

  it('moves numbers by the perturbation, within their range, and leaves the class as it was', () => {
    const clean = generate(agrawal({ perturbation: 0, seed: 9 }), 1)
    const moved = generate(agrawal({ perturbation: 0.05, seed: 9 }), 1)
    expect(moved.labels).toEqual(clean.labels)
    const by = Math.abs(moved.columns[8][0] - clean.columns[8][0])
    expect(by).toBeGreaterThan(0)
    expect(by).toBeLessThanOrEqual(25_000)
    const { columns } = generate(agrawal({ perturbation: 1 }), ROWS)
    expect([Math.min(...columns[0]), Math.max(...columns[0])]).toEqual([20_000, 150_000])
  })
})

describe('LED', () => {
  it('leaves 74 % to the best classifier with 10 % of noise, as Breiman and others say', () => {
    const { columns, labels } = generate(led(), ROWS)
    // The best guess for each of 128 patterns, from the stream itself.
    const seen = new Map<number, Float64Array>()
    labels.forEach((label, row) => {
      const pattern = columns.slice(0, 7).reduce((bits, column) => 2 * bits + column[row], 0)
      const counts = seen.get(pattern) ?? new Float64Array(10)
      counts[label]++
      seen.set(pattern, counts)
    })
    const best = [...seen.values()].reduce((sum, counts) => sum + Math.max(...counts), 0) / ROWS
    expect(best).toBeGreaterThan(0.73)
    expect(best).toBeLessThan(0.76)
  })

  it('shows ten different digits without noise, and turns a segment in ten round with it', () => {
    const clean = generate(led({ noise: 0 }), 2000)
    const pattern = new Map<number, string>()
    clean.labels.forEach((label, row) => {
      const shown = clean.columns
        .slice(0, 7)
        .map((column) => column[row])
        .join('')
      expect(pattern.get(label) ?? shown).toBe(shown)
      pattern.set(label, shown)
    })
    expect(new Set(pattern.values()).size).toBe(10)
    const { columns, labels } = generate(led(), ROWS)
    const wrong = columns
      .slice(0, 7)
      .map((column) =>
        mean(
          column.map((bit, row) =>
            pattern.get(labels[row])?.[columns.indexOf(column)] === String(bit) ? 0 : 1,
          ),
        ),
      )
    for (const share of wrong) expect(Math.abs(share - 0.1)).toBeLessThan(CLOSE)
  })

  it('swaps segments with features that say nothing', () => {
    const [plain, swapped] = [led({ noise: 0 }), led({ noise: 0, swapped: 2 })].map((each) =>
      generate(each, 500),
    )
    expect([swapped.columns[7], swapped.columns[8]]).toEqual([plain.columns[0], plain.columns[1]])
    expect(swapped.columns.slice(2, 7)).toEqual(plain.columns.slice(2, 7))
    expect(swapped.labels).toEqual(plain.labels)
  })
})

describe('the hyperplane', () => {
  it('has balanced classes, and noise of 5 %', () => {
    const { columns, labels } = generate(hyperplane({ noise: 0 }), ROWS)
    expect(Math.abs(mean(labels) - 0.5)).toBeLessThan(0.03)
    const noisy = generate(hyperplane({ noise: 0.05, features: 2, seed: 4 }), 4000)
    expect(columns).toHaveLength(10)
    // Far from the plane of two features the class is certain but for noise.
    const far = [...noisy.labels].filter(
      (_, row) => noisy.columns[0][row] > 0.75 && noisy.columns[1][row] > 0.75,
    )
    const wrong = far.filter((label) => label === 0).length / far.length
    expect(Math.abs(wrong - 0.05)).toBeLessThan(0.05)
  })

  it('turns: once the first weight has grown, the first feature says the class, and not without a change', () => {
    const firstSays = (change: number): number => {
      const generator = hyperplane({ features: 2, changing: 1, change, turning: 0, noise: 0 })
      generate(generator, 10_000)
      return agreeing(generator, ([first]) => (first >= 0.5 ? 1 : 0))
    }
    expect(firstSays(0.01)).toBeGreaterThan(0.99)
    expect(firstSays(0)).toBeLessThan(0.95)
  })
})

describe('the random tree', () => {
  it('is one function of the features: rows of one tree agree, and another tree differs', () => {
    const one = generate(randomTree({ concept: 5, seed: 1, numeric: 0, values: 3 }), ROWS)
    const label = new Map<string, number>()
    one.labels.forEach((said, row) => {
      const key = one.columns.map((column) => column[row]).join()
      expect(label.get(key) ?? said).toBe(said)
      label.set(key, said)
    })
    const same = agreeing(
      randomTree({ concept: 5, seed: 8, numeric: 0, values: 3 }),
      (x) => label.get(x.join()) ?? -1,
    )
    const other = agreeing(
      randomTree({ concept: 6, seed: 8, numeric: 0, values: 3 }),
      (x) => label.get(x.join()) ?? -1,
    )
    expect(same).toBeGreaterThan(0.99)
    expect(other).toBeLessThan(0.9)
  })

  it('is no deeper than its depth: of depth 1 it splits on one feature', () => {
    const { columns, labels } = generate(
      randomTree({ depth: 1, firstLeaf: 1, numeric: 0, classes: 4 }),
      4000,
    )
    const decides = columns.filter((column) => {
      const byValue = new Map<number, number>()
      return column.every((value, row) => {
        const known = byValue.get(value) ?? labels[row]
        byValue.set(value, known)
        return known === labels[row]
      })
    })
    expect(decides).toHaveLength(1)
  })
})

describe('radial basis functions', () => {
  it('lie around their centre, at a normal distance, in one class a cluster', () => {
    const { columns, labels } = generate(radialBasis({ clusters: 1, features: 3 }), ROWS)
    expect(new Set(labels).size).toBe(1)
    const centre = columns.map(mean)
    const distances = labels.map((_, row) =>
      Math.hypot(...columns.map((column, i) => column[row] - centre[i])),
    )
    // Of a half normal distance: the mean is sqrt(2 / pi) of the root of the mean square.
    const root = Math.sqrt(mean(distances.map((each) => each ** 2)))
    expect(Math.abs(mean(distances) / root - Math.sqrt(2 / Math.PI))).toBeLessThan(0.02)
    for (const at of centre) expect(Math.abs(at - 0.5)).toBeLessThan(0.5)
  })

  it('move with their speed, those that move, and stay in the unit cube', () => {
    const centre = (moving: number, skip: number): number[] => {
      const generator = radialBasis({ clusters: 1, features: 3, moving, speed: 0.001 })
      generate(generator, skip)
      return generate(generator, 100).columns.map((column) => Math.round(100 * mean(column)))
    }
    const still = radialBasis({ clusters: 1, features: 3, moving: 0, speed: 0.5 })
    const unmoved = radialBasis({ clusters: 1, features: 3 })
    expect(generate(still, 500)).toEqual(generate(unmoved, 500))
    expect(centre(1, 400)).not.toEqual(centre(0, 400))
    const far = radialBasis({ clusters: 1, features: 3, speed: 0.01 })
    generate(far, 5000)
    for (const column of generate(far, 100).columns)
      expect(Math.abs(mean(column) - 0.5)).toBeLessThan(0.8)
  })
})

describe('Friedman', () => {
  it('is its formula, with noise of deviation 1', () => {
    const { columns, labels } = generate(friedman(), ROWS)
    const rest = labels.map((y, row) => {
      const [a, b, c, d, e] = columns.map((column) => column[row])
      return y - (10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e)
    })
    expect(Math.abs(mean(rest))).toBeLessThan(0.04)
    expect(Math.abs(mean(rest.map((each) => each ** 2)) - 1)).toBeLessThan(0.05)
    expect(Math.abs(mean(labels) - 14.41)).toBeLessThan(0.2)
  })

  it('gives its features other roles in the other concepts', () => {
    const roles = [
      [3, 4, 1, 0, 2],
      [1, 4, 3, 2, 0],
    ]
    roles.forEach(([a, b, c, d, e], i) => {
      const { columns, labels } = generate(friedman({ concept: i + 1, deviation: 0 }), 200)
      labels.forEach((y, row) => {
        const x = columns.map((column) => column[row])
        const wave = 10 * Math.sin(Math.PI * x[a] * x[b])
        expect(y).toBeCloseTo(wave + 20 * (x[c] - 0.5) ** 2 + 10 * x[d] + 5 * x[e], 9)
      })
    })
  })
})
