// The committed model of the flights example: it is the file its digest names, and Millrace gives
// LightGBM's own probabilities, for rows with missing values too.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { NumberColumn } from '../../src/contracts/columns.ts'
import { SCORED } from '../../src/contracts/runtime.ts'
import { onnxRuntime } from '../../src/models/onnx/onnx-runtime.ts'
import { numbers } from './columns.ts'
import { onnxSpec } from './fixture.ts'

interface Golden {
  readonly features: readonly string[]
  readonly rows: readonly (readonly (number | null)[])[]
  readonly probability: readonly number[]
}

function example(name: string): Buffer {
  return readFileSync(new URL(`../../examples/flights/${name}`, import.meta.url))
}

describe('the model of the flights example', () => {
  const bytes = example('late.onnx')

  it('is the file its digest names', () => {
    const digest = createHash('sha256').update(bytes).digest('hex')
    expect(example('late.onnx.sha256').toString()).toBe(`${digest}  late.onnx\n`)
  })

  it("gives LightGBM's probabilities within 1e-6, whatever is missing", async () => {
    const golden = JSON.parse(example('late.golden.json').toString()) as Golden
    // In another order than the model's, as a pipeline may give them.
    const names = golden.features.toSorted()
    const features = names.map((name) => ({ name, kind: 'number' as const }))
    const model = await onnxRuntime().load(bytes, features, onnxSpec({ missing: { '*': 'nan' } }))
    expect(model.features).toEqual(golden.features)
    expect(model.precision).toBe('float32')
    const columns = names.map((name) => {
      const place = golden.features.indexOf(name)
      return numbers(golden.rows.map((row) => row[place]))
    })
    const scored = await model.score(columns, golden.rows.length)
    await model.close()
    expect([...scored.outcome]).toEqual(golden.rows.map(() => SCORED))
    const { values } = scored.outputs[0] as NumberColumn
    golden.probability.forEach((probability, row) =>
      expect(Math.abs(values[row] - probability)).toBeLessThan(1e-6),
    )
    expect(golden.rows.some((row) => row.includes(null))).toBe(true)
  })
})
