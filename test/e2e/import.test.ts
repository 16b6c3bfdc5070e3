// An import that is killed anywhere goes on exactly there: the topic is the same, record by record, as without.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import { recordText } from '../../src/base/records.ts'
import { openLog } from '../../src/log/open-log.ts'
import { LogPlaces } from './log-places.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-import-kill-'))
const places = new LogPlaces()
afterAll(() => {
  rmSync(folder, { recursive: true })
  places.remove()
})
const ROWS = 40_000
const KILLS = 6
/** Of the event loop, about as many as a batch takes where there is nothing else to do. */
const TURNS = 2000

function files(): string[] {
  const rows = Array.from({ length: ROWS }, (_, i) => ({
    id: i,
    // Some have no key: where they go must not depend on the kills either.
    key: i % 7 === 0 ? '' : `k${i % 97}`,
    at: 1_700_000_000_000 + i,
    text: `text ${i}, and more`,
  }))
  const jsonl = join(folder, 'a.jsonl.gz')
  writeFileSync(jsonl, gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join('')))
  const csv = join(folder, 'b.csv')
  const line = (row: (typeof rows)[number]): string =>
    `${row.id},${row.key},${row.at},"${row.text}"\n`
  writeFileSync(csv, `id,key,at,text\n${rows.map(line).join('')}`)
  return [jsonl, csv]
}

/** @param kill batches after which it is killed, and turns of its event loop behind them; never by default. */
async function runImport(
  log: string,
  of: readonly string[],
  kill: { readonly after: number; readonly turns: number } = { after: Infinity, turns: 0 },
): Promise<boolean> {
  const child = fork(join(import.meta.dirname, 'import-until-killed.ts'), [
    `${kill.after}`,
    `${kill.turns}`,
    log,
    ...of,
  ])
  const [code, signal] = await once(child, 'exit')
  // It ends well or by its killer, never of itself.
  expect([code, signal]).toEqual(signal === null ? [0, null] : [null, 'SIGKILL'])
  return code === 0
}

async function recordsIn(url: string): Promise<string[][]> {
  const { log } = await openLog(url)
  try {
    const parts = (await log.topic('t'))?.parts ?? []
    const all: string[][] = []
    for (const [partition, { end }] of parts.entries()) {
      const own: string[] = []
      for (let offset = 0; offset < end;) {
        const { runs, next } = await log.read([{ topic: 't', partition, offset }], {
          maxBytes: 1 << 20,
          maxWaitMs: 0,
        })
        for (const { offsets, records } of runs)
          for (let i = 0; i < records.count; i++) {
            if (offsets[i] < offset) continue
            const [key, value, headers] = (['key', 'value', 'headers'] as const).map((of) =>
              recordText(records, i, of),
            )
            // What has no key has no time of its own either: it is that of the writing.
            own.push(`${key} ${key === '' ? '' : records.times[i]} ${value} ${headers}`)
          }
        offset = next[0].offset
      }
      all.push(own)
    }
    return all
  } finally {
    await log.close()
  }
}

it('a killed import goes on where it was, and nothing is there twice or missing', async () => {
  const of = files()
  const [once_, killed] = [places.empty(), places.empty()]
  expect(await runImport(once_, of)).toBe(true)
  const random = new Prng(11)
  let ended = false
  let kills = 0
  for (; !ended; kills++) {
    const kill = { after: random.below(4), turns: random.below(TURNS) }
    ended = await runImport(killed, of, kills < KILLS ? kill : undefined)
  }
  expect(kills).toBeGreaterThan(3)
  const expected = await recordsIn(once_)
  // Two files, and the end in each partition.
  expect(expected.flat()).toHaveLength(2 * ROWS + 3)
  expect(await recordsIn(killed)).toEqual(expected)
}, 300_000)
