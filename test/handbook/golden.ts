// The Handbook's payments and its own values of their features, as columns. They are no part of the product: MILLRACE_SHARED names
// the folder they lie in, else `../shared` beside the repository.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetRead } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

const root = join(import.meta.dirname, '../..')
const folder = join(process.env['MILLRACE_SHARED'] ?? join(root, '../shared'), 'data/fraud')

export const missing = !existsSync(join(folder, 'transactions.parquet'))

/** Rows of the two files of features. */
const PARTS = { 'features-1.parquet': 872_795, 'features-2.parquet': 593_487 }
export const ROWS = 1_466_282

export type Payments = Readonly<
  Record<'id' | 'time' | 'customer' | 'terminal' | 'amount' | 'fraud', Float64Array>
>

/** All payments, in the order of their times. */
export async function readPayments(): Promise<Payments> {
  const names = ['id', 'time', 'customer', 'terminal', 'amount', 'fraud'] as const
  const [id, time, customer, terminal, amount, fraud] = await columns(
    'transactions.parquet',
    names,
    ROWS,
  )
  return { id, time, customer, terminal, amount, fraud }
}

/** The values of features by the Handbook's names, a row a payment. */
export async function readGolden(names: readonly string[]): Promise<Float64Array[]> {
  const whole = names.map(() => new Float64Array(ROWS))
  let from = 0
  for (const [file, rows] of Object.entries(PARTS)) {
    const part = await columns(file, names, rows)
    part.forEach((column, i) => whole[i].set(column, from))
    from += rows
  }
  return whole
}

async function columns(
  file: string,
  names: readonly string[],
  rows: number,
): Promise<Float64Array[]> {
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
