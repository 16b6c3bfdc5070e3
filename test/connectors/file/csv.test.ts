import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { FileReading } from '../../../src/connectors/file/file-options.ts'
import { fileSource } from '../../../src/connectors/file/file-source.ts'
import { readAll } from '../../contracts/source-contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-csv-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0

async function read(text: string, reading: FileReading = {}, ending = 'csv'): Promise<unknown[]> {
  const path = join(folder, `${files++}.${ending}`)
  writeFileSync(path, text)
  const { batches } = await readAll(fileSource({ path, ...reading }))
  return batches.flat()
}

describe('a row of CSV', () => {
  it('has numbers, true and false by what its cells look like, and leaves empty ones out', async () => {
    expect(await read('a,b,c,d\n1,-2.5e3,true,\n0,false,x,0.10\n')).toEqual([
      '{"a":1,"b":-2.5e3,"c":true}',
      '{"a":0,"b":false,"c":"x","d":0.10}',
    ])
  })

  it('keeps as texts what would not come back as it was', async () => {
    expect(await read('a,b,c,d\n007,9007199254740993,+1,1e999\n')).toEqual([
      '{"a":"007","b":"9007199254740993","c":"+1","d":"1e999"}',
    ])
  })

  it('has texts where cells are quoted, with quotes, commas and line ends', async () => {
    expect(await read('\uFEFFa,b\r\n"1","x ""y"", z"\r\n"","p\nq"\r\n')).toEqual([
      '{"a":"1","b":"x \\"y\\", z"}',
      '{"a":"","b":"p\\nq"}',
    ])
  })

  it('has the types that are said of its fields, and what does not fit them as it is', async () => {
    const fields = new Map([
      ['id', { type: 'string', missing: 'absent' }],
      ['n', { type: 'number', missing: 'null' }],
      ['b', { type: 'boolean', missing: 'absent' }],
      ['j', { type: 'json', missing: 'absent' }],
    ] as const)
    expect(
      await read('id,n,b,j\n12,+.5,1,"[1,2]"\n007,,FALSE,\n,"7",maybe,[1\n', { fields }),
    ).toEqual([
      '{"id":"12","n":0.5,"b":true,"j":[1,2]}',
      '{"id":"007","n":null,"b":false}',
      '{"n":7,"b":"maybe","j":"[1"}',
    ])
  })

  it('may have other characters between cells, and no header', async () => {
    expect(await read('a\tb\n1\tx,y\n', {}, 'tsv')).toEqual(['{"a":1,"b":"x,y"}'])
    expect(await read('1;x\n', { delimiter: ';', columns: ['a', 'b'] })).toEqual([
      '{"a":1,"b":"x"}',
    ])
  })

  it('with too few or too many cells is passed on byte for byte, or ends the reading with its line', async () => {
    const text = 'a,b\n1,2\n\n3\n"x\ny",5,6\n7,8\n'
    expect(await read(text)).toEqual(['{"a":1,"b":2}', '3', '"x\ny",5,6', '{"a":7,"b":8}'])
    await expect(read(text, { odd: 'stop' })).rejects.toMatchObject({
      code: 'ML_SOURCE',
      message: expect.stringContaining('1 cells where the header has 2, in line 4'),
    })
  })

  it('that never closes its quote ends the reading: what is behind it cannot be told', async () => {
    await expect(read('a,b\n1,2\n3,"x\n4,5\n')).rejects.toMatchObject({
      code: 'ML_SOURCE',
      message: expect.stringContaining('a quote that is never closed'),
    })
  })

  it('needs columns that are named, each otherwise', async () => {
    await expect(read('a,,c\n1,2,3\n')).rejects.toThrow('found column 2 without one')
    await expect(read('a,b,a\n1,2,3\n')).rejects.toThrow("found 'a' twice")
  })
})

it('the format of a file is told by its name, or must be said', async () => {
  expect(await read('{"a":1}\n', { format: 'jsonl' }, 'txt')).toEqual(['{"a":1}'])
  expect(() => fileSource({ path: 'a.txt' })).toThrow("found 'a.txt'; say its format")
  expect(() => fileSource({ path: 'a.parquet.gz' })).toThrow('decompress it first')
})
