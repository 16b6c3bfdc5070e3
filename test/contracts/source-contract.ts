// What every edge source must keep: the same records from wherever it is opened, or an error; never others.
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { recordText } from '../../src/base/records.ts'
import type { Source } from '../../src/contracts/source.ts'

export interface SourceCase {
  /** The bytes of a source with these events. */
  readonly bytes: (events: readonly object[]) => Uint8Array
  readonly ending: string
  readonly open: (path: string) => Source
}

export interface Read {
  readonly batches: string[][]
  readonly positions: string[]
  readonly done: number[]
  readonly size: number
}

/** Everything from a position on. */
export async function readAll(source: Source, from?: string): Promise<Read> {
  const open = await source.open(from)
  const read: Read = { batches: [], positions: [], done: [], size: open.size }
  try {
    for await (const { records, next, done } of open.batches()) {
      read.batches.push(
        Array.from({ length: records.count }, (_, i) => recordText(records, i, 'value')),
      )
      read.positions.push(next)
      read.done.push(done)
    }
  } finally {
    await open.close()
  }
  return read
}

export function sourceContract(name: string, { bytes, ending, open }: SourceCase): void {
  describe(`a source of ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-source-'))
    afterAll(() => rmSync(folder, { recursive: true }))
    const events = Array.from({ length: 20_000 }, (_, i) => ({
      id: `é${i}`,
      amount: i / 4,
      text: 'x'.repeat(i % 50),
      fine: i % 3 === 0,
    }))
    const write = (file: string, of: readonly object[]): string => {
      const path = join(folder, `${file}.${ending}`)
      writeFileSync(path, bytes(of))
      return path
    }

    it('gives its events in order, in bounded batches, and then ends', async () => {
      const { batches, done, size } = await readAll(open(write('all', events)))
      expect(batches.flat().map((each) => JSON.parse(each))).toEqual(
        events.map((event) =>
          event.text === '' ? expect.objectContaining({ id: event.id }) : event,
        ),
      )
      expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(8192)
      expect(done).toEqual([...done].sort((a, b) => a - b))
      expect(done.at(-1)).toBe(size)
    })

    it('goes on from any of its positions with the very batches an uninterrupted reading has', async () => {
      const source = open(write('positions', events))
      const { batches, positions } = await readAll(source)
      expect(batches.length).toBeGreaterThan(2)
      for (const [i, position] of positions.entries())
        expect((await readAll(source, position)).batches).toEqual(batches.slice(i + 1))
    })

    it('of nothing has no batches', async () => {
      expect((await readAll(open(write('empty', [])))).batches).toEqual([])
    })

    it('refuses a position of what has changed since', async () => {
      const source = open(write('since', events))
      const { positions } = await readAll(source)
      write('since', [...events.slice(1), { id: 'new', amount: 0, text: '', fine: false }])
      await expect(readAll(source, positions[0])).rejects.toMatchObject({
        code: 'ML_SOURCE',
        message: expect.stringContaining('changed since it was read to that position'),
      })
    })

    it('stops when it changes while it is read', async () => {
      const path = write('while', events)
      const opened = await open(path).open(undefined)
      const reading = async (): Promise<void> => {
        for await (const _ of opened.batches()) appendFileSync(path, bytes(events.slice(0, 1)))
      }
      await expect(reading()).rejects.toMatchObject({
        code: 'ML_SOURCE',
        message: expect.stringContaining('changed while it was read'),
      })
      await opened.close()
    })

    it('that is not there says where it was looked for', async () => {
      const path = join(folder, `none.${ending}`)
      await expect(open(path).open(undefined)).rejects.toMatchObject({
        code: 'ML_SOURCE',
        message: expect.stringContaining(path),
      })
    })
  })
}
