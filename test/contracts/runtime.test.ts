// The contract suite on every runtime there is.
import { functionRuntime } from '../../src/models/function/function-runtime.ts'
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
