// Files in, files out: killed anywhere with all its processes, and run again, every row is in the output once.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterAll, expect, it } from 'vitest'
import { MAIN } from '../built/built.ts'
import { Prng } from '../../src/base/prng.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-files-'))
afterAll(() => rmSync(folder, { recursive: true }))
const ROWS = 40_000
const KILLS = 5
const PIPELINE = join(import.meta.dirname, 'pipelines/files.ts')

interface Ended {
  readonly code: number | null
  readonly said: string
}

/** @param killAt bytes of the output at which everything is killed; Infinity: never. */
async function run(args: readonly string[], killAt: number): Promise<Ended> {
  const child = fork(MAIN, args, {
    env: { ...process.env, MILLRACE_TEST_FOLDER: folder },
    silent: true,
    detached: true,
  })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const out = join(folder, 'out.jsonl')
  const timer = setInterval(() => {
    if (existsSync(out) && readFileSync(out).length >= killAt && child.pid !== undefined)
      process.kill(-child.pid, 'SIGKILL')
  }, 20)
  const [code] = await once(child, 'exit')
  clearInterval(timer)
  return { code, said }
}

function linesOf(name: string): { id: string; half: number }[] {
  const text = readFileSync(join(folder, name), 'utf8')
  expect(text.endsWith('\n')).toBe(true)
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

function halvesOf(name: string): [id: string, half: number][] {
  const [header, ...lines] = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')
  expect(header).toBe('half;id')
  return lines.map((line) => {
    const [half, id] = line.split(';')
    return [id, Number(half)]
  })
}

it('rows come from files and go to files, each once, whatever is killed', async () => {
  const rows = Array.from({ length: ROWS }, (_, i) => `r${i},k${i % 50},${1_700_000_000_000 + i},1`)
  const text = (of: readonly string[]): string => `id,key,at,n\n${of.join('\n')}\n`
  writeFileSync(join(folder, 'a.csv'), text(rows.slice(0, ROWS / 2)))
  writeFileSync(join(folder, 'b.csv.gz'), gzipSync(text(rows.slice(ROWS / 2))))
  const args = ['run', PIPELINE, '--log', join(folder, 'log'), '--until-end', '--partitions', '2']
  const random = new Prng(5)
  let killed = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const { code } = await run(args, random.below(ROWS * 20))
    if (code === 0) break
    killed++
  }
  expect(killed).toBeGreaterThan(1)
  const { code, said } = await run(args, Infinity)
  expect([code, code === 0 ? '' : said]).toEqual([0, ''])
  const out = linesOf('out.jsonl')
  expect(out).toHaveLength(ROWS)
  // The n-th row of a key has seen n.
  const expected = new Map(rows.map((row, i) => [row.split(',')[0], (Math.floor(i / 50) + 1) / 2]))
  expect(new Map(out.map(({ id, half }) => [id, half]))).toEqual(expected)
  expect(new Map(halvesOf('halves.csv'))).toEqual(expected)
  expect(halvesOf('halves.csv')).toHaveLength(ROWS)
  const whole = await asyncBufferFromFile(join(folder, 'whole.parquet'))
  const stored = await parquetReadObjects({ file: whole })
  expect(stored).toHaveLength(ROWS)
  expect(new Map(stored.map(({ id, half }) => [id, half]))).toEqual(expected)
  expect(linesOf('large.jsonl')).toHaveLength(
    [...expected.values()].filter((half) => half > 100).length,
  )
  // Again there is nothing to do, and nothing is done.
  expect((await run(args, Infinity)).code).toBe(0)
  expect(linesOf('out.jsonl')).toHaveLength(ROWS)
}, 240_000)

it('a file that was there before is not written to', async () => {
  const log = join(folder, 'other')
  const { code, said } = await run(['run', PIPELINE, '--log', log, '--until-end'], Infinity)
  expect(code).toBe(1)
  expect(said.replaceAll(/\s+/g, ' ')).toContain('bytes that are not of this output')
})
