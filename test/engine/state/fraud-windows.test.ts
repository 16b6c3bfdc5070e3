// The customer windows of the Fraud Detection Handbook's simulated payments, against the Handbook's own values.
// The data is not part of the product: MILLRACE_SHARED names the folder it lies in, else `../shared` beside the repository.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetRead } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { describe, expect, it } from 'vitest'
import { murmur2 } from '../../../src/base/murmur2.ts'
import type { Column } from '../../../src/contracts/columns.ts'
import { StateMemory } from '../../../src/engine/state/memory.ts'
import type { SetBatch } from '../../../src/engine/state/set-batch.ts'
import { SetState } from '../../../src/engine/state/set-state.ts'
import { count } from '../../../src/features/count.ts'
import { mean } from '../../../src/features/mean.ts'
import { setPlan, windowFeature } from './set-fixture.ts'

const root = join(import.meta.dirname, '../../..')
const folder = join(process.env['MILLRACE_SHARED'] ?? join(root, '../shared'), 'data/fraud')
const missing = !existsSync(join(folder, 'transactions.parquet'))

const DAY_MS = 86_400_000
const DAYS = [1, 7, 30]
const BATCH_ROWS = 4_096

/** Columns of a file as numbers, at most `rows` of them from the first row on. */
async function columns(
  file: string,
  names: readonly string[],
  rows: number,
): Promise<readonly Float64Array[]> {
  const into = names.map(() => new Float64Array(rows))
  await parquetRead({
    file: await asyncBufferFromFile(join(folder, file)),
    columns: [...names],
    compressors,
    onChunk: ({ columnName, columnData, rowStart }) => {
      const column = into[names.indexOf(columnName)]
      for (let i = 0; i < columnData.length; i++) column[rowStart + i] = Number(columnData[i])
    },
  })
  return into
}

describe.skipIf(missing)(
  `customer windows of 1.5 million payments${missing ? ' (skipped: no shared/data/fraud)' : ''}`,
  () => {
    it('have the counts of the Handbook, and its means within 1e-9', async () => {
      const golden = DAYS.flatMap((days) => [
        `CUSTOMER_ID_NB_TX_${days}DAY_WINDOW`,
        `CUSTOMER_ID_AVG_AMOUNT_${days}DAY_WINDOW`,
      ])
      const parts = [
        await columns('features-1.parquet', golden, 872_795),
        await columns('features-2.parquet', golden, 593_487),
      ]
      const rows = parts[0][0].length + parts[1][0].length
      const expected = golden.map((_, i) => Float64Array.from([...parts[0][i], ...parts[1][i]]))
      const [times, customers, amounts] = await columns(
        'transactions.parquet',
        ['time', 'customer', 'amount'],
        rows,
      )
      const plan = setPlan(
        DAYS.flatMap((days) => [
          windowFeature(count, undefined, { overMs: days * DAY_MS }),
          windowFeature(mean, 'amount', { overMs: days * DAY_MS }),
        ]),
      )
      const state = new SetState(new StateMemory(), plan, {
        slackMs: 0,
        inputKinds: ['number', 'number', 'number'],
      })
      const order = Int32Array.from({ length: BATCH_ROWS }, (_, i) => i)
      const outputs: Column[] = []
      let countsDiffer = 0
      let worst = 0
      for (let from = 0; from < rows; from += BATCH_ROWS) {
        const to = Math.min(rows, from + BATCH_ROWS)
        state.process(batchOf({ order, from, to, times, customers, amounts }), outputs)
        outputs.forEach((output, feature) => {
          if (output.kind !== 'number') throw new Error('a window is a number')
          for (let i = from; i < to; i++) {
            const difference = Math.abs(output.values[i - from] - expected[feature][i])
            if (feature % 2 === 0) countsDiffer += difference === 0 ? 0 : 1
            else worst = Math.max(worst, difference)
          }
        })
      }
      expect({ rows, customers: state.keys, countsDiffer }).toEqual({
        rows: 1_466_282,
        customers: 4_989,
        countsDiffer: 0,
      })
      expect(worst).toBeLessThan(1e-9)
    }, 120_000)
  },
)

interface Payments {
  readonly order: Int32Array
  readonly from: number
  readonly to: number
  readonly times: Float64Array
  readonly customers: Float64Array
  readonly amounts: Float64Array
}

function batchOf({ order, from, to, times, customers, amounts }: Payments): SetBatch {
  const keyEnds = new Uint32Array(to - from + 1)
  const hashes = new Uint32Array(to - from)
  const keys = Buffer.alloc((to - from) * 8)
  for (let i = from; i < to; i++) {
    const start = keyEnds[i - from]
    const end = start + keys.write(String(customers[i]), start)
    keyEnds[i - from + 1] = end
    hashes[i - from] = murmur2(keys, start, end)
  }
  const amount: Column = { kind: 'number', values: amounts.subarray(from, to), marks: undefined }
  return {
    order,
    count: to - from,
    updates: undefined,
    rowCount: to - from,
    rows: {
      keys,
      keyEnds,
      hashes,
      times: times.subarray(from, to),
      mergeTimes: times.subarray(from, to),
      inputs: [amount, amount, amount],
    },
  }
}
