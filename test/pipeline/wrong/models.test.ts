import { describe } from 'vitest'
import { z } from 'zod'
import { model, onnx } from '../../../src/index.ts'
import { card, chargebacks, Score } from '../shop.ts'
import { refuses, js, modelWith, onnxWith, functionWith } from './wrong.ts'

const twice = chargebacks.features('twice', {
  define: (f) => ({ amount: f.count({ over: '1h' }) }),
})

describe('a model that is wrong is refused', () => {
  refuses([
    [
      'a model without options',
      () => js(model, 'm'),
      "model 'm': options must be an object; found undefined",
    ],
    [
      'a model with an unknown option',
      () => modelWith({ learn: true }),
      "model 'm': an option must be one of of, input, runtime, labels, drift; found 'learn'",
    ],
    [
      'a model of no stream',
      () => modelWith({ of: 'payments' }),
      "model 'm': of must be the stream it predicts on; found 'payments'; give a stream",
    ],
    [
      'a model without features',
      () => modelWith({ input: [] }),
      "model 'm': input must list at least one feature set; found an empty list; write input: [card]",
    ],
    [
      'a model of a set by its name',
      () => modelWith({ input: ['card'] }),
      "model 'm': input must list feature sets; found 'card' in it; make one with stream.features(...)",
    ],
    [
      'a model with one feature name twice',
      () => modelWith({ input: [card, twice] }),
      "model 'm': names of its features must differ; found 'amount' in 'card' and 'twice'; give one of the sets another name with .as(...)",
    ],
    [
      'a model without a runtime',
      () => modelWith({ runtime: undefined }),
      "model 'm': runtime must be made by onnx, functionModel, learner or bandit; found undefined; write onnx('model.onnx', ...)",
    ],
    [
      'a runtime that takes a feature the model has not',
      () =>
        modelWith({
          runtime: onnx('m.onnx', { output: Score, inputs: { x: ['amount', 'gone[3]'] } }),
        }),
      "model 'm': inputs of its runtime must name its features; found 'gone[3]'; it has amount, count1h",
    ],
    [
      'a policy for a feature the model has not',
      () => modelWith({ runtime: onnx('m.onnx', { output: Score, missing: { gone: 0 } }) }),
      "model 'm': missing of its runtime must name its features; found 'gone'",
    ],
    [
      'an output the schema has not',
      () => modelWith({ runtime: onnx('m.onnx', { output: Score, outputs: { gone: 'p' } }) }),
      "model 'm': outputs of its runtime must name fields of the output's schema (score); found 'gone'",
    ],
    [
      'a model file without a name',
      () => js(onnx, '', { output: Score }),
      "runtime 'onnx': the path must be that of a model file; found ''",
    ],
    [
      'a model without an output',
      () => onnxWith({}),
      "runtime 'onnx m.onnx': output must be a Standard Schema",
    ],
    [
      'inputs that are a list',
      () => onnxWith({ output: Score, inputs: ['amount'] }),
      "runtime 'onnx m.onnx': inputs must be an object; found a list; write inputs: { features: ['amount', ...] }",
    ],
    [
      'inputs that are texts',
      () => onnxWith({ output: Score, inputs: { x: 'amount' } }),
      "inputs.x must list features; found 'amount'",
    ],
    [
      'outputs that are numbers',
      () => onnxWith({ output: Score, outputs: { score: 1 } }),
      "outputs.score must be a text; found 1; write outputs: { score: 'probabilities[1]' }",
    ],
    [
      'a policy that is none',
      () => onnxWith({ output: Score, missing: { '*': 'drop' } }),
      "missing.* must be a finite number, 'nan' or 'refuse'; found 'drop'",
    ],
    [
      'a fallback the schema refuses',
      () => onnxWith({ output: Score, fallback: { score: 'high' } }),
      "fallback must be what the output's schema allows; found another value at score",
    ],
    [
      'a deadline of no length',
      () => onnxWith({ output: Score, deadline: '0ms' }),
      'deadline must be longer than nothing',
    ],
    [
      'operators that are a text',
      () => onnxWith({ output: Score, allow: 'Erf' }),
      "allow must list operators; found 'Erf'",
    ],
    [
      'a bucket of nothing',
      () => onnxWith({ output: Score, bucket: 0 }),
      'bucket must be a whole number of at least 1; found 0',
    ],
    [
      'a function model without a function',
      () => functionWith(undefined, { output: Score }),
      "runtime 'function': the model must be a function; found undefined",
    ],
    [
      'a function model that is asynchronous',
      () => functionWith(async () => ({ score: 1 }), { output: Score }),
      'the model must give its value at once',
    ],
    [
      'a function model whose output says nothing of itself',
      () =>
        functionWith(() => ({ score: 1 }), {
          output: z.object({ score: z.number().transform(String) }),
        }),
      'output must be a schema of plain fields; found one that only its own validate can read',
    ],
    [
      'a function model with a nested output',
      () =>
        functionWith(() => ({ a: { b: 1 } }), {
          output: z.object({ a: z.object({ b: z.number() }) }),
        }),
      'an output must be a number, boolean, text or list of numbers; found a.b; flatten it',
    ],
    [
      'a function model without outputs',
      () => functionWith(() => ({}), { output: z.object({}) }),
      'output must have at least one field; found none',
    ],
  ])
})
