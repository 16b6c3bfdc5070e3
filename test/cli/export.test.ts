import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { flat, millrace } from './millrace.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-export-'))
const log = join(folder, 'log')
afterAll(() => rmSync(folder, { recursive: true }))

const EVENTS = Array.from({ length: 6 }, (_, i) => `{"id":"${'abcdef'[i]}","at":${1000 * i}}`)

beforeAll(async () => {
  const args = ['topics', 'write', 't', '--key', 'id', '--time', 'at', '--partitions', '2', '--end']
  await millrace([...args, '--log', log], EVENTS)
})

async function exported(file: string, ...flags: readonly string[]): Promise<string[]> {
  const path = join(folder, file)
  const { code, err } = await millrace(['export', 't', path, '--log', log, ...flags])
  expect(err).toBe('')
  expect(code).toBe(0)
  return readFileSync(path, 'utf8').trimEnd().split('\n')
}

it('a topic becomes a file, partition by partition, and its end no row', async () => {
  const lines = await exported('all.jsonl')
  expect([...lines].sort()).toEqual(EVENTS)
  const zero = await exported('zero.jsonl', '--partition', '0')
  const one = await exported('one.jsonl', '--partition', '1')
  expect(lines).toEqual([...zero, ...one])
  const csv = await exported('all.csv')
  expect(csv[0]).toBe('id,at')
  expect(csv).toHaveLength(7)
})

it('a range of times or offsets has its first and not its last', async () => {
  const day = ['--from', '1970-01-01T00:00:01Z', '--to', '1970-01-01T00:00:03Z']
  expect([...(await exported('times.jsonl', ...day))].sort()).toEqual(EVENTS.slice(1, 3))
  const zero = await exported('zero.jsonl', '--partition', '0')
  const part = await exported('part.jsonl', '--partition', '0', '--from', '1', '--to', '2')
  expect(part).toEqual(zero.slice(1, 2))
})

it('what cannot be is refused', async () => {
  const run = async (...args: readonly string[]): Promise<string> =>
    flat((await millrace(['export', ...args, '--log', log])).err)
  expect(await run('t', join(folder, 'a.txt'))).toContain('say its format')
  expect(await run('none', join(folder, 'a.csv'))).toContain("found no 'none'; there are: t")
  expect(await run('t', join(folder, 'a.csv'), '--from', 'May')).toContain("found 'May'")
  expect(await run('t', join(folder, 'a.csv'), '--partition', '7')).toContain(
    'from 0 to 1; found 7',
  )
  expect(await run('t', join(folder, 'a.csv.gz'))).toContain('compress it afterwards')
})

it('a record that is no JSON object is named by its place', async () => {
  await millrace(['topics', 'write', 'odd', '--log', log], ['{"a":1}', 'b'])
  const { code, err } = await millrace(['export', 'odd', join(folder, 'odd.csv'), '--log', log])
  expect(code).toBe(1)
  expect(flat(err)).toContain('found none at odd/0/1')
})
