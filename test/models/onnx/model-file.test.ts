// A model file is untrusted input: what is refused, and that the message says what to do.
import { describe, expect, it } from 'vitest'
import { readModelFile } from '../../../src/models/onnx/model-file.ts'
import { numbers } from '../columns.ts'
import { fixture, loadFixture } from '../fixture.ts'

const LIMITS = { maxBytes: 1_000_000, allow: [] }

describe('a model file', () => {
  it.each([
    ['bad-external', 'weights in a file outside', /tensor w in another file; save it in one/],
    [
      'bad-external-constant',
      'a constant in a file outside',
      /tensor w in another file; save it in one/,
    ],
    ['bad-loop', 'a loop that never ends', /found Loop; export without it/],
    ['bad-allocation', '256 GiB of memory', /found ConstantOfShape; export without it/],
    [
      'bad-domain',
      'an operator of another domain',
      /found com\.microsoft:FusedMatMul; export without it/,
    ],
    ['bad-random', 'random numbers', /found RandomUniformLike; export without it/],
    ['bad-function', 'functions of its own', /found Twice; inline them/],
  ])('%s: %s is refused before ONNX Runtime sees it', (name, _what, message) => {
    expect(() => readModelFile(fixture(name), LIMITS)).toThrow(message)
  })

  it('may use an operator that the definition allows by name', () => {
    expect(() =>
      readModelFile(fixture('bad-allocation'), { ...LIMITS, allow: ['ConstantOfShape'] }),
    ).not.toThrow()
    expect(() =>
      readModelFile(fixture('bad-domain'), { ...LIMITS, allow: ['com.microsoft:FusedMatMul'] }),
    ).not.toThrow()
  })

  it('has no graph inside an operator even where that operator is allowed', () => {
    expect(() => readModelFile(fixture('bad-loop'), { ...LIMITS, allow: ['Loop'] })).toThrow(
      /found one in Loop\.body/,
    )
  })

  it('has a bounded size', () => {
    const limits = { maxBytes: 100, allow: [] }
    expect(() => readModelFile(fixture('logistic'), limits)).toThrow(
      /at most 100 bytes; found 286; set onnx\(file, \{ maxBytes/,
    )
  })

  it('is refused when it is cut off, empty, or something else', () => {
    const bytes = fixture('trees')
    for (const part of [
      bytes.subarray(0, 40),
      bytes.subarray(0, 0),
      new TextEncoder().encode('{"model": 1}'),
    ]) {
      expect(() => readModelFile(part, LIMITS)).toThrow(/the file is an ONNX model/)
    }
  })

  it('gives its metadata', () => {
    expect(readModelFile(fixture('trees'), LIMITS).metadata.get('millrace.features')).toBe(
      'amount, count, mean',
    )
  })

  it('that mixes its rows is refused, because a score would depend on its batch', async () => {
    await expect(loadFixture('bad-mixing', 'amount')).rejects.toThrow(
      /must not depend on the rows it is scored with/,
    )
    const alone = await loadFixture('bad-mixing', 'amount', { bucket: 1 })
    await alone.close()
  })

  it('with a ZipMap gives the probabilities that it would name, as a vector or one by one', async () => {
    const model = await loadFixture('zipmap', 'amount')
    expect(model.outputs).toEqual([
      { name: 'label', kind: 'number' },
      { name: 'probabilities', kind: 'vector' },
    ])
    const { outputs } = await model.score([numbers([0, 1])], 2)
    await model.close()
    const [, probabilities] = outputs
    if (probabilities.kind !== 'vector') throw new Error(`found ${probabilities.kind}`)
    const [first, second, high, low] = probabilities.values
    expect([first, second]).toEqual([0.5, 0.5])
    expect(high).toBeCloseTo(1 / (1 + Math.exp(-2)), 6)
    expect(low).toBeCloseTo(1 - high, 6)
    const one = await loadFixture('zipmap', 'amount', { outputs: { no: 'probabilities[1]' } })
    expect(one.outputs).toEqual([{ name: 'no', kind: 'number' }])
    await one.close()
  })
})
