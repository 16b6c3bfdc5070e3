import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { FileFormat } from '../../../src/base/file-format.ts'
import { fileSource } from '../../../src/connectors/file/file-source.ts'
import { fileWriter } from '../../../src/connectors/file/file-writer.ts'
import { RowShape, type Row } from '../../../src/connectors/file/row-shape.ts'
import { readAll } from '../../contracts/source-contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-writer-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(format: FileFormat, rows: readonly Row[]): string {
  const path = join(folder, `rows.${format}`)
  const shape = new RowShape()
  for (const row of rows) shape.add(row)
  const writer = fileWriter(path, format, shape)
  for (const row of rows) writer.write(row, Buffer.from(JSON.stringify(row)))
  writer.finish()
  return path
}

const number = fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value + 0)
const text = fc.oneof(
  fc.string(),
  fc.constantFrom('', '007', '1', 'true', ' x', '-0', 'a,b', '"', 'a\nb', '\r', '1e5', 'é'),
)

/** Rows whose columns have one kind each: so has a file of a stream. */
const rows = fc.array(fc.record({ n: number, b: fc.boolean(), t: text }, { requiredKeys: ['b'] }), {
  minLength: 1,
  maxLength: 20,
})

describe('what was written', () => {
  it.each(['csv', 'jsonl', 'parquet'] as const)(
    'as %s is read as the same rows',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(rows, async (written) => {
          const { batches } = await readAll(fileSource({ path: write(format, written) }))
          const read: unknown[] = batches.flat().map((each) => JSON.parse(each))
          expect(read).toEqual(written)
        }),
        { numRuns: 50 },
      )
    },
  )

  it('as a table has JSON where a column has several kinds', async () => {
    const written = [{ x: 1 }, { x: 'a' }, { x: { y: [true, null] } }, {}]
    const { batches } = await readAll(fileSource({ path: write('parquet', written) }))
    expect(batches.flat().map((each) => JSON.parse(each))).toEqual(written)
    expect(readFileSync(write('csv', written), 'utf8')).toBe('x\n1\na\n"{""y"":[true,null]}"\n\n')
  })

  it('and given up leaves nothing', () => {
    const path = join(folder, 'never.csv')
    const shape = new RowShape()
    shape.add({ a: 1 })
    fileWriter(path, 'csv', shape).abandon()
    expect([path, `${path}.part`].filter(existsSync)).toEqual([])
  })
})
