// What other engines and the model's own makers say of the payments: the model, and the score of each payment. Both are data of their own;
// where they are not at hand, a model of the same size is drawn from a seed, and nothing can be compared.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetRead } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { onnxFile } from '../../src/models/onnx/onnx-file.ts'
import { numberedAttributes, randomTrees } from '../../test/models/trees/random-ensemble.ts'
import { missing } from '../../test/handbook/golden.ts'

const shared = process.env['MILLRACE_SHARED'] ?? join(import.meta.dirname, '../../../shared')
const MODEL = join(shared, 'peers/fraud-windows.onnx')
const SCORES = join(shared, 'peers/golden-scores.parquet')
const WIDTH = 9

/** The model's file; where it is not at hand, another of 100 trees of depth 6 is written to the folder. */
export function modelFile(folder: string): string {
  if (existsSync(MODEL)) return MODEL
  const shape = { seed: 1, trees: 100, depth: 6, features: WIDTH, targets: 1, modes: [0] }
  const trees = { n_targets: 1, ...numberedAttributes(randomTrees(shape), 'target') }
  const file = join(folder, 'fraud-windows.onnx')
  writeFileSync(
    file,
    onnxFile({
      nodes: [
        {
          op: 'TreeEnsembleRegressor',
          domain: 'ai.onnx.ml',
          inputs: ['features'],
          outputs: ['sum'],
          attributes: trees,
        },
        { op: 'Sigmoid', inputs: ['sum'], outputs: ['score'] },
      ],
      inputs: [['features', 'float', WIDTH]],
      outputs: [['score', 'float', 1]],
    }),
  )
  return file
}

/** The score of each payment by its id; undefined where they are not at hand, or are not of these payments. */
export async function goldenScores(): Promise<Float64Array | undefined> {
  if (missing || !existsSync(SCORES) || !existsSync(MODEL)) return undefined
  const columns = new Map<string, number[]>()
  await parquetRead({
    file: await asyncBufferFromFile(SCORES),
    columns: ['id', 'score'],
    compressors,
    onChunk: ({ columnName, columnData, rowStart }) => {
      const column = columns.get(columnName) ?? []
      for (let i = 0; i < columnData.length; i++) column[rowStart + i] = Number(columnData[i])
      columns.set(columnName, column)
    },
  })
  const ids = columns.get('id') ?? []
  const scores = columns.get('score') ?? []
  const byId = new Float64Array(ids.length)
  for (let row = 0; row < ids.length; row++) byId[ids[row]] = scores[row]
  return byId
}
