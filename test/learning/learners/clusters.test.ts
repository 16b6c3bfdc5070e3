// Clusters are those of the reference, or those that are there.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import { DbStream } from '../../../src/learning/learners/clusters/db-stream.ts'
import { KMeans } from '../../../src/learning/learners/clusters/k-means.ts'
import { classificationData, golden, goldenColumns, missing, note } from '../golden.ts'
import { prequential } from '../prequential.ts'

describe.skipIf(missing)(`k-means against River${note}`, () => {
  it.each([0.5, 0.05])('at rate %d gives each row its cluster, and ends at its centres', (rate) => {
    type Centres = Readonly<Record<string, Readonly<Record<string, number>>>>
    const { initial, final } = JSON.parse(
      readFileSync(join(golden, `kmeans.elec2.halflife-${rate}.json`), 'utf8'),
    ) as { initial: Centres; final: Centres }
    const names = ['period', 'nswprice', 'nswdemand', 'transfer']
    const of = (centres: Centres): number[][] =>
      Object.values(centres).map((centre) => names.map((name) => centre[name]))
    const all = classificationData('elec2')
    const data = { ...all, columns: [2, 3, 4, 7].map((i) => all.columns[i]) }
    const learner = new KMeans({ features: 4, clusters: 5, rate, centres: of(initial) })
    const { cluster } = goldenColumns(`rows/kmeans.elec2.halflife-${rate}.csv.gz`)
    const found = prequential(learner, data)
    expect(found.subarray(0, cluster.length)).toEqual(cluster)
    of(final).forEach((centre, i) => {
      expect([...learner.centre(i)]).toEqual(centre.map((each) => expect.closeTo(each, 12)))
    })
  })
})

describe('k-means', () => {
  it('starts at the first rows that differ, and its centres are the means of their rows', () => {
    const column = Float64Array.of(1, 1, 10, 2, 12, 3)
    const learner = new KMeans({ features: 1, clusters: 2 })
    learner.learn({ columns: [column], from: 0, to: 6 }, new Float64Array(6))
    expect([learner.centre(0)[0], learner.centre(1)[0]]).toEqual([7 / 4, 11])
  })

  it('refuses centres of another number or width', () => {
    for (const centres of [
      [[1, 2]],
      [[1], [2]],
      [
        [Number.NaN, 1],
        [1, 2],
      ],
    ]) {
      expect(() => new KMeans({ features: 2, clusters: 2, centres })).toThrow(
        expect.objectContaining({ code: 'ML_DEFINITION' }),
      )
    }
  })
})

/** Two rings, one within the other, which no centre tells apart. */
function rings(rows: number, scale: (row: number) => number): Float64Array[] {
  const random = new Prng(8)
  const columns = [new Float64Array(rows), new Float64Array(rows)]
  for (let row = 0; row < rows; row++) {
    const angle = 2 * Math.PI * random.next()
    const radius = (row % 2 === 0 ? 1 : 4) * scale(row) + random.next() * 0.2
    columns[0][row] = radius * Math.cos(angle)
    columns[1][row] = radius * Math.sin(angle)
  }
  return columns
}

describe('DBSTREAM', () => {
  it('has the micro clusters of River 0.26.1: two coordinates and a weight', () => {
    const wanted = [
      [0.6445919871, 0.1715848635, 18.67325992],
      [0.856566872, 0.8004986885, 14.88583475],
      [1.6850402227, 1.8098447365, 12.26700379],
      [2.1244936817, 0.2478511827, 2.96152117],
      [2.5628377307, 0.0253484221, 3.01258262],
      [2.4669627574, 0.5085576061, 4.91218453],
      [0.1020430837, 0.2487498471, 21.42672821],
      [1.2410335703, 1.634338829, 4.55743621],
      [1.2773615182, 1.2163906486, 6.04502207],
      [3.0661330563, 0.7519167383, 10.96702023],
      [1.7159485213, 1.2150845407, 18.79048737],
      [2.1241370915, 1.0861347098, 13.45842527],
      [0.4156503407, 0.6427726494, 17.99815787],
      [2.1705777735, 1.5360643446, 12.98997075],
      [3.6799263428, 0.1038435015, 15.674383],
      [3.161765368, 0.2724047117, 15.3775759],
      [3.5329861568, 0.8366088066, 15.9924865],
      [3.8491156954, 0.5538071881, 9.62631126],
    ]
    let state = 7
    const uniform = (): number => {
      state = (state * 16807) % 2147483647
      return state / 2147483647
    }
    const columns = [new Float64Array(500), new Float64Array(500)]
    for (let row = 0; row < 500; row++) {
      const blob = Math.floor(uniform() * 3)
      columns[0][row] = blob * (row < 250 ? 1 : 1.5) + uniform() * 0.9
      columns[1][row] = (blob % 2) + uniform() * 0.9
    }
    const learner = new DbStream({ features: 2, radius: 0.4, cleanup: 20 })
    learner.learn({ columns, from: 0, to: 500 }, new Float64Array(500))
    expect(learner.micro.map((each) => [...each])).toEqual(
      wanted.map((each) => each.map((value) => expect.closeTo(value, 7))),
    )
  })

  it('tells a ring from one around it, and both from noise', () => {
    const rows = 6000
    const columns = rings(rows, () => 1)
    const learner = new DbStream({ features: 2, radius: 0.7, fading: 0.0005, shared: 0.1 })
    learner.learn({ columns, from: 0, to: rows }, new Float64Array(rows))
    expect(learner.clusters).toBe(2)
    const out = new Float64Array(rows)
    learner.predict({ columns, from: 0, to: rows }, out)
    const ofRing = (ring: number): Set<number> => new Set(out.filter((_, row) => row % 2 === ring))
    expect([ofRing(0).size, ofRing(1).size, new Set(out).size]).toEqual([1, 1, 2])
    learner.predict({ columns: [Float64Array.of(2.5), Float64Array.of(0)], from: 0, to: 1 }, out)
    expect(out[0]).toBe(-1)
  })

  it('forgets a cluster nobody comes to any more', () => {
    const rows = 4000
    const columns = [
      Float64Array.from({ length: rows }, (_, i) => (i < 2000 && i % 2 === 0 ? 9 : 0)),
    ]
    const learner = new DbStream({ features: 1, fading: 0.01 })
    learner.learn({ columns, from: 0, to: 2000 }, new Float64Array(rows))
    expect(learner.clusters).toBe(2)
    learner.learn({ columns, from: 2000, to: rows }, new Float64Array(rows))
    expect(learner.clusters).toBe(1)
  })

  it('keeps the heaviest where there are too many', () => {
    const rows = 500
    const columns = [Float64Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? 0 : 10 * i))]
    const learner = new DbStream({ features: 1, most: 4 })
    learner.learn({ columns, from: 0, to: rows }, new Float64Array(rows))
    const out = new Float64Array(1)
    learner.predict({ columns: [Float64Array.of(0)], from: 0, to: 1 }, out)
    expect(out[0]).toBe(0)
    expect(learner.clusters).toBeLessThanOrEqual(4)
  })
})
