// The Handbook's own payments, from a Parquet file with the columns id, time (ms), customer, terminal, amount and fraud.
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import type { MadePayment } from './payment.ts'

const COLUMNS = ['id', 'time', 'customer', 'terminal', 'amount', 'fraud'] as const

/** In the order of the file, which must be that of their times. */
export async function readHandbook(path: string): Promise<MadePayment[]> {
  const file = await asyncBufferFromFile(path)
  const rows = Number((await parquetMetadataAsync(file)).num_rows)
  const columns = new Map(COLUMNS.map((name) => [name as string, new Float64Array(rows)]))
  await parquetRead({
    file,
    columns: [...COLUMNS],
    compressors,
    onChunk: ({ columnName, columnData, rowStart }) => {
      const column = columns.get(columnName)
      for (let i = 0; column !== undefined && i < columnData.length; i++)
        column[rowStart + i] = Number(columnData[i])
    },
  })
  const at = (name: string, row: number): number => columns.get(name)?.[row] ?? NaN
  return Array.from({ length: rows }, (_, row) => ({
    id: at('id', row),
    time: at('time', row),
    customer: at('customer', row),
    terminal: at('terminal', row),
    amount: at('amount', row),
    fraud: at('fraud', row) === 1,
  }))
}
