import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openLog } from '../../src/index.ts'
import { fileSource } from '../../src/connectors/file/file-source.ts'
import { copySources, type CopyProgress } from '../../src/runner/copying/copy-source.ts'
import { NamedFields } from '../../src/runner/copying/event-places.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-progress-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('how far a file is read grows to its end, also where it was read before', async () => {
  const path = join(folder, 'rows.jsonl')
  const rows = Array.from({ length: 20_000 }, (_, row) =>
    JSON.stringify({ row, text: 'x'.repeat(40) }),
  )
  writeFileSync(path, `${rows.join('\n')}\n`)
  const { log } = await openLog(join(folder, 'log'))
  const copied = async (): Promise<CopyProgress[]> => {
    const told: CopyProgress[] = []
    await copySources(log, [fileSource({ path, odd: 'stop' })], {
      topic: 'rows',
      partitions: 1,
      places: new NamedFields({ key: undefined, time: undefined }),
      end: false,
      signal: new AbortController().signal,
      onProgress: (progress) => told.push(progress),
    })
    return told
  }
  try {
    const first = await copied()
    const shares = first.map(({ done, size }) => done / size)
    expect(shares.length).toBeGreaterThan(3)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect(shares[0]).toBeLessThan(1)
    expect(shares.at(-1)).toBe(1)
    const again = await copied()
    expect(again).toEqual([{ source: path, done: 1, size: 1, records: 20_000 }])
  } finally {
    await log.close()
  }
})
