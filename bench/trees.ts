// The tree kernel against ONNX Runtime on one model, row by row and in batches: node bench/trees.ts [model.onnx]
import { readFileSync } from 'node:fs'
import { Prng } from '../src/base/prng.ts'
import type { Column } from '../src/contracts/columns.ts'
import type { LoadedModel } from '../src/contracts/runtime.ts'
import { onnxRuntime } from '../src/models/onnx/onnx-runtime.ts'
import { readModelFile } from '../src/models/onnx/model-file.ts'

const file = process.argv[2] ?? new URL('../examples/flights/late.onnx', import.meta.url)
const bytes = readFileSync(file)
const { metadata } = readModelFile(bytes, { maxBytes: 1e9, allow: [] })
const names = JSON.parse(metadata.get('millrace.features') ?? '[]') as string[]
const features = names.map((name) => ({ name, kind: 'number' as const }))

function columns(rows: number): Column[] {
  const random = new Prng(1)
  return names.map(() => ({
    kind: 'number' as const,
    values: Float64Array.from({ length: rows }, () => random.next() * 30),
    marks: undefined,
  }))
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

async function cost(model: LoadedModel, rows: number): Promise<number> {
  const given = columns(rows)
  const until = cpuMicros() + 500_000
  let scored = 0
  const start = cpuMicros()
  while (cpuMicros() < until) {
    await model.score(given, rows)
    scored += rows
  }
  return (cpuMicros() - start) / scored
}

const load = (kernel: string): Promise<LoadedModel> =>
  onnxRuntime().load(bytes, features, { kind: 'onnx', path: undefined, options: { kernel } })
const own = await load('auto')
const ort = await load('onnxruntime')
console.log(`${own.path}\n${ort.path}`)
for (const rows of [1, 16, 64, 256, 1024, 4096]) {
  const rounds: (readonly [number, number])[] = []
  for (let round = 0; round < 5; round++)
    rounds.push([await cost(ort, rows), await cost(own, rows)])
  const [theirs, ours] = [0, 1].map(
    (i) => rounds.map((each) => each[i]).toSorted((a, b) => a - b)[2],
  )
  console.log(
    `${String(rows).padStart(5)} rows: ONNX Runtime ${theirs.toFixed(2)} us a row, kernel ${ours.toFixed(2)}; ${(theirs / ours).toFixed(1)} times`,
  )
}
await own.close()
await ort.close()
