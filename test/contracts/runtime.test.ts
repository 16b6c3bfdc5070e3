// The contract suite on every runtime there is.
import type { Runtime } from '../../src/contracts/runtime.ts'
import { logisticRegression } from '../../src/learning/index.ts'
import { functionRuntime } from '../../src/models/function/function-runtime.ts'
import { learnerRuntime } from '../../src/models/learner/learner-runtime.ts'
import { onnxRuntime } from '../../src/models/onnx/onnx-runtime.ts'
import { fixture, onnxSpec } from '../models/fixture.ts'
import { runtimeContract } from './runtime-contract.ts'

interface Row {
  readonly amount: number
  readonly count: number
  readonly mean: number
  readonly age: number
}

function logistic({ amount, count, mean, age }: Row): { score: number } {
  return {
    score: 1 / (1 + Math.exp(-(0.5 * amount - 1.25 * count + 2 * mean + 0.0625 * age - 0.5))),
  }
}

function expected([amount, count, mean, age]: readonly number[]): number {
  return logistic({ amount, count, mean, age }).score
}

runtimeContract('onnx', {
  runtime: onnxRuntime(),
  bytes: fixture('logistic'),
  spec: (options) => onnxSpec({ outputs: { score: 'probability' }, ...options }),
  expected,
})

runtimeContract('function', {
  runtime: functionRuntime(),
  bytes: new TextEncoder().encode(logistic.toString()),
  spec: (options) => ({
    kind: 'function',
    path: undefined,
    options: { outputs: { score: 'number' }, ...options },
    call: logistic,
  }),
  expected,
})

/** What a learner knows after some rows. */
const learner = logisticRegression().make({ features: 4, classes: 2 })
const columns = [0, 1, 2, 3].map((f) =>
  Float64Array.from({ length: 50 }, (_, row) => Math.sin(row + f)),
)
const labels = Float64Array.from({ length: 50 }, (_, row) => (Math.sin(row) > 0 ? 1 : 0))
learner.learn({ columns, from: 0, to: 50 }, labels)
const snapshot = learner.encode()

const learnt: Runtime = {
  kind: 'learner',
  load: async (...all) => {
    const fresh = await learnerRuntime().load(...all)
    return fresh.learner?.at(snapshot) ?? fresh
  },
}

runtimeContract('learner', {
  runtime: learnt,
  scoresAll: true,
  bytes: new TextEncoder().encode('{"learner":"logistic-regression"}'),
  spec: (options) => ({
    kind: 'learner',
    path: undefined,
    options: { outputs: { score: 'probabilities[1]' }, ...options },
    learner: logisticRegression(),
  }),
  expected: (row) => {
    const out = new Float64Array(2)
    const at = row.map((value) => Float64Array.of(value))
    learner.predict({ columns: at, from: 0, to: 1 }, out)
    return out[1]
  },
})
