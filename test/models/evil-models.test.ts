// Model files that mean harm: tensors that name other files, however they lead there, and files that are none. All are refused by Millrace
// itself, before ONNX Runtime sees a byte, and nothing of what they point to is told.
import { execFileSync } from 'node:child_process'
import { linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
} from '../../src/models/onnx/gen/onnx-ml_pb.ts'
import { onnxRuntime } from '../../src/models/onnx/onnx-runtime.ts'
import type { ModelPlan } from '../../src/pipeline/plan.ts'
import { localBytes } from '../../src/runner/versions/load-models.ts'
import { featuresOf, fixture, onnxSpec } from './fixture.ts'

const SECRET = 'secret-of-another-file'
const folder = mkdtempSync(join(tmpdir(), 'millrace-evil-'))
beforeAll(() => {
  writeFileSync(join(folder, 'secret'), SECRET)
  symlinkSync(join(folder, 'secret'), join(folder, 'symlink'))
  linkSync(join(folder, 'secret'), join(folder, 'hardlink'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A good model whose first tensor lies in another file. */
function evil(
  external: Readonly<Record<string, string>>,
  location: TensorProto_DataLocation = TensorProto_DataLocation.EXTERNAL,
): Uint8Array {
  const model = fromBinary(ModelProtoSchema, fixture('logistic'))
  const tensor = model.graph?.initializer[0]
  if (tensor === undefined) throw new Error('the fixture has a tensor')
  tensor.dataLocation = location
  tensor.rawData = new Uint8Array()
  tensor.floatData = []
  tensor.externalData = Object.entries(external).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value }),
  )
  return toBinary(ModelProtoSchema, model)
}

function refusal(bytes: Uint8Array): Promise<unknown> {
  return onnxRuntime()
    .load(bytes, featuresOf('a b c'), onnxSpec())
    .then(
      () => undefined,
      (error: unknown) => error,
    )
}

function modelAt(path: string, options: Readonly<Record<string, unknown>> = {}): ModelPlan {
  return {
    name: 'm',
    as: undefined,
    features: [],
    runtime: { kind: 'onnx', path, options },
    output: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
    labels: undefined,
  }
}

describe('a tensor in another file', () => {
  it.each([
    ['beside the model', { location: 'secret' }],
    ['above it', { location: '../../etc/passwd' }],
    ['at an absolute path', { location: '/etc/passwd' }],
    ['behind a symbolic link', { location: 'symlink' }],
    ['behind a hard link', { location: 'hardlink' }],
    ['with a path of another system', { location: 'C:\\windows\\win.ini' }],
    ['at an address', { location: 'http://127.0.0.1/x' }],
    [
      'with a length no memory has',
      { location: 'secret', offset: '0', length: '1152921504606846976' },
    ],
    ['with no place at all', {}],
  ])('%s is refused, and nothing of it is told', async (_, external) => {
    const error = await refusal(evil(external))
    expect(error).toMatchObject({ code: 'ML_MODEL' })
    const told = JSON.stringify(error, Object.getOwnPropertyNames(error))
    expect(told).toContain('in another file')
    expect(told).not.toMatch(/secret-of|root:|passwd|win\.ini/)
  })

  it('is refused also where the file says that it is not', async () => {
    expect(
      await refusal(evil({ location: 'secret' }, TensorProto_DataLocation.DEFAULT)),
    ).toMatchObject({ code: 'ML_MODEL' })
  })
})

describe('the file of a model', () => {
  it('that is larger than allowed is refused before it is read', async () => {
    const path = join(folder, 'large.onnx')
    writeFileSync(path, '')
    execFileSync('truncate', ['-s', '8T', path])
    await expect(localBytes(modelAt(path), folder)).rejects.toThrow(
      /at most 268435456 bytes; found 8796093022208/,
    )
    await expect(
      localBytes(modelAt(join(folder, 'secret'), { maxBytes: 5 }), folder),
    ).rejects.toThrow(/at most 5 bytes; found 22/)
  })

  it('that is none, and might never end, is refused', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    for (const path of [pipe, '/dev/zero', folder])
      await expect(localBytes(modelAt(path), folder)).rejects.toMatchObject({ code: 'ML_MODEL' })
  })
})
