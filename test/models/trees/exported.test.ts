// The tree kernel against ONNX Runtime, over ensembles that LightGBM, XGBoost, scikit-learn and CatBoost made and their own
// exporters wrote. Every threshold is hit exactly, and missed by the least that there is.
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import { readModelFile } from '../../../src/models/onnx/model-file.ts'
import { LEAF, type Ensemble } from '../../../src/models/trees/ensemble.ts'
import { justBelow } from '../../../src/models/trees/just-below.ts'
import { numbers } from '../columns.ts'
import { fixture, loadFixture } from '../fixture.ts'
import { differences, ensembleOf, kernelOf, ortOf, runRows } from './both-graphs.ts'

const FOLDER = new URL('../fixtures/trees/', import.meta.url)
const NAMES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.onnx'))
  .map((file) => file.replace('.onnx', ''))

/** What ONNX Runtime runs, and why. */
const LEFT: ReadonlyMap<string, string> = new Map([
  ['lightgbm-random-forest', 'the operator Reshape follows the trees'],
])

/** For each threshold a row that hits it, one just below and one just above it, all else by chance; then holes and infinities. */
function rowsAround({ nodes, features, precision }: Ensemble): Float64Array {
  const random = new Prng(11)
  const rows: number[] = []
  const add = (feature: number, value: number): void => {
    for (let i = 0; i < features; i++)
      rows.push(i === feature ? value : i === 4 ? random.below(6) : 4 * random.next() - 2)
  }
  for (let node = 0; node < nodes.mode.length; node++) {
    if (nodes.mode[node] === LEAF) continue
    const threshold = nodes.threshold[node]
    const below = justBelow(threshold, precision)
    const above = -justBelow(-threshold, precision)
    for (const value of [threshold, below, above]) add(nodes.feature[node], value)
  }
  for (let feature = 0; feature < features; feature++)
    for (const value of [Number.NaN, Infinity, -Infinity, -0, 1e-45, 3.4e38, -3.4e38])
      add(feature, value)
  for (let feature = 0; feature < features; feature++) rows.push(Number.NaN)
  return Float64Array.from(rows)
}

describe('the tree kernel', () => {
  it.each(NAMES.filter((name) => !LEFT.has(name)))(
    'gives what ONNX Runtime gives of %s',
    async (name) => {
      const bytes = fixture(`trees/${name}`)
      const kernel = kernelOf(bytes)
      if (typeof kernel !== 'object') throw new Error(`the kernel leaves it: ${kernel}`)
      const ort = await ortOf(bytes)
      const ensemble = ensembleOf(bytes)
      const rows = rowsAround(ensemble)
      const own = await runRows(kernel, rows, ensemble.features)
      const theirs = await runRows(ort, rows, ensemble.features)
      await ort.release()
      expect(rows.length).toBeGreaterThan(300)
      expect(differences(own, theirs, 1e-6)).toEqual([])
    },
  )

  it.each([...LEFT])('leaves %s to ONNX Runtime: %s', (name, reason) => {
    expect(kernelOf(fixture(`trees/${name}`))).toBe(reason)
  })

  it('has files whose origin is known, with the digests that were written', () => {
    const origin = JSON.parse(readFileSync(new URL('origin.json', FOLDER), 'utf8')) as Record<
      string,
      { readonly sha256: string }
    >
    expect(Object.keys(origin).toSorted()).toEqual(NAMES.toSorted())
    for (const name of NAMES)
      expect(
        createHash('sha256')
          .update(fixture(`trees/${name}`))
          .digest('hex'),
      ).toBe(origin[name].sha256)
  })
})

describe('a ZipMap', () => {
  it('is read past: its labels are columns, by the kernel as by ONNX Runtime', async () => {
    const rows = [numbers([0.4, -1]), numbers([1, 0]), numbers([-0.5, 2]), numbers([0, 1])]
    const given = [...rows, numbers([1, 4])]
    const options = {
      inputs: { X: ['a', 'b', 'c', 'd', 'e'] },
      outputs: { label: 'output_label', yes: 'output_probability[1]' },
    }
    const scored = await Promise.all(
      ['auto', 'onnxruntime'].map(async (kernel) => {
        const model = await loadFixture('trees/sklearn-forest-zipmap', 'a b c d e', {
          ...options,
          kernel,
        })
        const { outputs } = await model.score(given, 2)
        await model.close()
        return { path: model.path.split(' ')[0], outputs }
      }),
    )
    expect(scored.map(({ path }) => path)).toEqual(['tree', 'onnxruntime'])
    expect(scored[0].outputs).toEqual(scored[1].outputs)
    const plain = await loadFixture('trees/sklearn-forest-binary', 'a b c d e', {
      inputs: options.inputs,
      outputs: { label: 'label', yes: 'probabilities[1]' },
    })
    expect((await plain.score(given, 2)).outputs).toEqual(scored[0].outputs)
  })

  it('leaves a file as it is that has none', () => {
    const bytes = fixture('trees/sklearn-tree')
    expect(readModelFile(bytes, { maxBytes: 1e6, allow: [] }).bytes).toBe(bytes)
  })
})
