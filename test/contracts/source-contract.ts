// What every edge source must keep: the same records from wherever it is opened, or an error; never others.
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { recordText } from '../../src/base/records.ts'
import type { Source } from '../../src/contracts/source.ts'

export interface SourceCase {
  /** Makes what is read, with these events, under that name; again: in the place of what was there. @returns its place. */
  readonly write: (name: string, events: readonly object[]) => Promise<string> | string
  readonly open: (place: string) => Source
  /** Adds to what is there, of a source that must not change while it is read. Undefined: it may grow, and is cut as it comes. */
  readonly grow?: (place: string, events: readonly object[]) => void
}

/** Those that are files. */
export interface FileCase {
  /** The bytes of a file with these events. */
  readonly bytes: (events: readonly object[]) => Uint8Array
  readonly ending: string
  readonly open: (path: string) => Source
}

export function fileSourceContract(name: string, { bytes, ending, open }: FileCase): void {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-source-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  sourceContract(name, {
    write: (file, events) => {
      const path = join(folder, `${file}.${ending}`)
      writeFileSync(path, bytes(events))
      return path
    },
    open,
    grow: (path, events) => appendFileSync(path, bytes(events)),
  })
  it(`a source of ${name} that is not there says where it was looked for`, async () => {
    const path = join(folder, `none.${ending}`)
    await expect(open(path).open(undefined)).rejects.toMatchObject({
      code: 'ML_SOURCE',
      message: expect.stringContaining(path),
    })
  })
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

export function sourceContract(name: string, { write, open, grow }: SourceCase): void {
  describe(`a source of ${name}`, () => {
    const events = Array.from({ length: 20_000 }, (_, i) => ({
      id: `é${i}`,
      amount: i / 4,
      text: 'x'.repeat(i % 50),
      fine: i % 3 === 0,
    }))

    it('gives its events in order, in bounded batches, and then ends', async () => {
      const { batches, done, size } = await readAll(open(await write('all', events)))
      expect(batches.flat().map((each) => JSON.parse(each))).toEqual(
        events.map((event) =>
          event.text === '' ? expect.objectContaining({ id: event.id }) : event,
        ),
      )
      expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(8192)
      expect(done).toEqual([...done].sort((a, b) => a - b))
      expect(done.at(-1)).toBe(size)
    })

    it('goes on from any of its positions as an uninterrupted reading does', async () => {
      const source = open(await write('positions', events))
      const { batches, positions } = await readAll(source)
      expect(batches.length).toBeGreaterThan(2)
      for (const [i, position] of positions.entries()) {
        const again = (await readAll(source, position)).batches
        const rest = batches.slice(i + 1)
        if (grow === undefined) expect(again.flat()).toEqual(rest.flat())
        else expect(again).toEqual(rest)
      }
    })

    it('of nothing has no batches', async () => {
      expect((await readAll(open(await write('empty', [])))).batches).toEqual([])
    })

    if (grow === undefined) return

    it('refuses a position of what has changed since', async () => {
      const source = open(await write('since', events))
      const { positions } = await readAll(source)
      await write('since', [...events.slice(1), { id: 'new', amount: 0, text: '', fine: false }])
      await expect(readAll(source, positions[0])).rejects.toMatchObject({
        code: 'ML_SOURCE',
        message: expect.stringContaining('changed since it was read to that position'),
      })
    })

    it('stops when it changes while it is read', async () => {
      const path = await write('while', events)
      const opened = await open(path).open(undefined)
      const reading = async (): Promise<void> => {
        for await (const _ of opened.batches()) grow(path, events.slice(0, 1))
      }
      await expect(reading()).rejects.toMatchObject({
        code: 'ML_SOURCE',
        message: expect.stringContaining('changed while it was read'),
      })
      await opened.close()
    })
  })
}
