import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetWriteBuffer, type SchemaElement } from 'hyparquet-writer'
import { afterAll, describe, expect, it } from 'vitest'
import type { FileReading } from '../../../src/connectors/file/file-options.ts'
import { fileSource } from '../../../src/connectors/file/file-source.ts'
import { readAll } from '../../contracts/source-contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-parquet-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0

async function read(
  columns: Readonly<Record<string, { data: unknown[]; schema: Omit<SchemaElement, 'name'> }>>,
  reading: FileReading = {},
): Promise<string[]> {
  const path = join(folder, `${files++}.parquet`)
  const names = Object.keys(columns)
  const schema = [
    { name: 'root', num_children: names.length },
    ...names.map((name) => ({
      name,
      repetition_type: 'OPTIONAL' as const,
      ...columns[name].schema,
    })),
  ]
  const columnData = names.map((name) => ({ name, data: columns[name].data }))
  writeFileSync(path, new Uint8Array(parquetWriteBuffer({ schema, columnData })))
  return (await readAll(fileSource({ path, ...reading }))).batches.flat()
}

describe('a row of Parquet', () => {
  it('has integers as numbers, and as texts those that a double cannot hold', async () => {
    const data = [1n, -(2n ** 53n) + 1n, 2n ** 53n, null]
    expect(await read({ n: { data, schema: { type: 'INT64' } } })).toEqual([
      '{"n":1}',
      '{"n":-9007199254740991}',
      '{"n":"9007199254740992"}',
      '{}',
    ])
  })

  it('has timestamps as ISO texts with the decimals they need, or as ms', async () => {
    const schema = {
      type: 'INT64',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      converted_type: 'TIMESTAMP_MICROS',
    } as const
    const data = [1_700_000_000_123_000n, 1_700_000_000_123_450n, -1n]
    expect(await read({ t: { data, schema } })).toEqual([
      '{"t":"2023-11-14T22:13:20.123Z"}',
      '{"t":"2023-11-14T22:13:20.12345Z"}',
      '{"t":"1969-12-31T23:59:59.999999Z"}',
    ])
    expect(await read({ t: { data, schema } }, { timestamps: 'ms' })).toEqual([
      '{"t":1700000000123}',
      '{"t":1700000000123.45}',
      '{"t":-0.001}',
    ])
    const days = { data: [20_000], schema: { type: 'INT32', converted_type: 'DATE' } } as const
    expect(await read({ d: { ...days, data: [...days.data] } })).toEqual(['{"d":"2024-10-04"}'])
  })

  it('has decimals as numbers, JSON as it is, and null where a schema wants null', async () => {
    const decimal = { type: 'INT32', converted_type: 'DECIMAL', scale: 2, precision: 6 } as const
    const fields = new Map([['n', { type: 'number', missing: 'null' }]] as const)
    const json = { type: 'BYTE_ARRAY', converted_type: 'JSON' } as const
    expect(
      await read(
        {
          n: { data: [3.1, undefined], schema: decimal },
          j: { data: [{ a: [1, null] }, undefined], schema: json },
        },
        { fields },
      ),
    ).toEqual(['{"n":3.1,"j":{"a":[1,null]}}', '{"n":null}'])
  })

  it('tells numbers that JSON has not from those that are missing', async () => {
    const data = [NaN, -Infinity, 0.1]
    expect(await read({ x: { data, schema: { type: 'DOUBLE' } } })).toEqual([
      '{"x":"NaN"}',
      '{"x":"-Infinity"}',
      '{"x":0.1}',
    ])
  })
})

it('bytes that are no Parquet are refused by what is missing', async () => {
  const path = join(folder, 'no.parquet')
  writeFileSync(path, 'id,amount\n1,2\n')
  await expect(fileSource({ path }).open(undefined)).rejects.toMatchObject({
    code: 'ML_SOURCE',
    message: expect.stringContaining('must be a Parquet file; found none of its metadata'),
  })
})
