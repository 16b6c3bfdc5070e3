// A model learns in a run; the file it is exported to predicts as it did, row by row.
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NumberColumn } from '../../src/contracts/columns.ts'
import { onnxRuntime } from '../../src/models/onnx/onnx-runtime.ts'
import type { Answer, ExportModelCommand } from '../../src/contracts/commands.ts'
import { readPartition } from '../../src/engine/read-partition.ts'
import { exportModel } from '../../src/runner/commands/export-model-command.ts'
import { eachReceiptBlock } from '../../src/runner/provenance/receipts.ts'
import { withLogToRead } from '../../src/runner/with-log.ts'
import { numbers } from '../models/columns.ts'
import { featuresOf, onnxSpec } from '../models/fixture.ts'
import { shift } from '../testing/learning-sensors.ts'
import { mustSay } from './payments-folder.ts'

const PIPELINE = join(import.meta.dirname, 'pipelines/wears.ts')
const folder = mkdtempSync(join(tmpdir(), 'millrace-export-model-'))
const log = join(folder, 'log')
const out = join(folder, 'wear.onnx')
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(() => {
  for (const given of shift(500)) {
    if (given.step !== 'events') continue
    const lines = given.records.map(({ value }) => `${value}\n`).join('')
    mustSay(['topics', 'write', given.stream, '--time', 'at', '--end', '--log', log], lines)
  }
  mustSay(['run', PIPELINE, '--log', log, '--until-end', '--workers', '1', '--partitions', '1'])
})

interface Risk {
  readonly risk: number
  readonly heat: number
  readonly load: number | null
  readonly readings1h: number
}

async function risks(): Promise<Risk[]> {
  const found: Risk[] = []
  await withLogToRead(log, (opened) =>
    readPartition(opened, { topic: 'risks', partition: 0, from: 0 }, (_, value) => {
      found.push(JSON.parse(Buffer.from(value).toString()))
    }),
  )
  return found
}

/** The snapshot that predicted the last rows, and how many they are: receipts lie in the order of the rows. */
async function lastSnapshot(): Promise<{ snapshot: number; digest: string; rows: number }> {
  let last = { snapshot: 0, digest: '', rows: 0 }
  await withLogToRead(log, (opened) =>
    eachReceiptBlock(opened, 'learning', ({ meta, block }) => {
      if (meta.model !== 'wear') return
      const { learnt = [] } = meta
      learnt.forEach(({ from, snapshot, digest }, i) => {
        const rows = (learnt[i + 1]?.from ?? block.rows) - from
        last = { snapshot, digest, rows: snapshot === last.snapshot ? last.rows + rows : rows }
      })
    }),
  )
  return last
}

describe('millrace export-model', () => {
  it('writes a file that predicts as the model did with that snapshot', async () => {
    const { snapshot, digest, rows } = await lastSnapshot()
    expect(rows).toBeGreaterThan(5)
    const args = ['export-model', PIPELINE, '--out', out, '--log', log]
    const said = JSON.parse(mustSay([...args, '--snapshot', `${snapshot}`, '--json']))
    const bytes = readFileSync(out)
    expect(said).toMatchObject({
      model: 'wear',
      snapshot,
      digest,
      learner: 'min-max-scaler|hoeffding-tree',
      features: ['heat', 'load', 'readings1h'],
      bytes: bytes.length,
      content: createHash('sha256').update(bytes).digest('hex'),
    })
    const spec = onnxSpec({ outputs: { risk: 'probabilities[1]' }, missing: { '*': 'nan' } })
    const model = await onnxRuntime().load(bytes, featuresOf('heat load readings1h'), spec)
    const served = (await risks()).slice(-rows)
    const columns = (['heat', 'load', 'readings1h'] as const).map((name) =>
      numbers(served.map((row) => row[name])),
    )
    const { outputs } = await model.score(columns, rows)
    await model.close()
    const found = [...(outputs[0] as NumberColumn).values]
    expect(new Set(found).size).toBeGreaterThan(3)
    served.forEach(({ risk }, i) => expect(Math.abs(found[i] - risk)).toBeLessThan(1e-9))
  })

  // In this process: nothing here depends on the texts of functions.
  const exporting = (given: Partial<ExportModelCommand> = {}): Promise<Answer> =>
    exportModel({ file: PIPELINE, log, out, model: undefined, snapshot: undefined, ...given })

  it('takes the newest snapshot where none is named, and says how many examples it has learnt', async () => {
    const { data, lines } = await exporting()
    const { snapshot } = await lastSnapshot()
    expect(data).toMatchObject({ model: 'wear', pipeline: 'learning' })
    expect((data as { snapshot: number }).snapshot).toBeGreaterThanOrEqual(snapshot)
    expect(lines[0]).toContain('model wear, a min-max-scaler|hoeffding-tree that has learnt')
  })

  it.each([
    [{ model: 'rule' }, "found 'wear', not 'rule'"],
    [{ model: 'other' }, "('wear'); found 'other'"],
    [{ snapshot: 999 }, 'found 999'],
    [{ snapshot: 1 }, 'found a snapshot of nothing'],
  ])('refuses %j and says why', async (given, message) => {
    await expect(exporting(given)).rejects.toMatchObject({
      code: 'ML_USAGE',
      message: expect.stringContaining(message),
    })
  })
})
