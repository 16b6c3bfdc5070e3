import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import type { TrainingData } from '../../../src/contracts/training-data.ts'
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
} from '../../../src/models/onnx/gen/onnx-ml_pb.ts'
import { onnxRuntime } from '../../../src/models/onnx/onnx-runtime.ts'
import { featuresOf, fixture, onnxSpec } from '../fixture.ts'

const DIGEST = 'ab'.repeat(32)

/** What a model is loaded with whose metadata says that. */
async function loaded(said: string | undefined): Promise<TrainingData | undefined> {
  const model = fromBinary(ModelProtoSchema, fixture('logistic'))
  if (said !== undefined) {
    const entry = { key: 'millrace.dataset', value: said }
    model.metadataProps.push(create(StringStringEntryProtoSchema, entry))
  }
  const bytes = toBinary(ModelProtoSchema, model)
  const own = await onnxRuntime().load(
    bytes,
    featuresOf('amount count mean age'),
    onnxSpec({ outputs: { score: 'probability' } }),
  )
  await own.close()
  return own.trainedOn
}

describe('the data a model says it was trained on', () => {
  it('is its training set and the offsets of its rows, and nothing else it says', async () => {
    const ranges = [{ topic: 'payments', partition: 1, first: 0, last: 41 }]
    const said = { pipeline: 'fraud', as: 'ideal', ranges, rows: 42, digest: DIGEST }
    expect(await loaded(JSON.stringify(said))).toEqual({ digest: DIGEST, as: 'ideal', ranges })
    expect(await loaded(JSON.stringify({ digest: DIGEST }))).toEqual({ digest: DIGEST, ranges: [] })
    expect(await loaded(undefined)).toBeUndefined()
  })

  it.each([
    ['no JSON', 'served', 'found something else'],
    ['a list', '[]', 'found something else'],
    ['no digest', '{"ranges":[]}', 'found no digest'],
    [
      'a range that is none',
      `{"digest":"${DIGEST}","ranges":[{"topic":"a"}]}`,
      'found other ranges',
    ],
  ])('is refused where it is %s', async (_, said, message) => {
    await expect(loaded(said)).rejects.toMatchObject({
      code: 'ML_MODEL',
      message: expect.stringContaining(message),
    })
  })
})
