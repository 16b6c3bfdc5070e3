// What many topics cost the embedded log: making, writing, listing, opening again and reading them; memory and open files.
// With `--copied` the journal is so small that each topic gets a segment file of its own, which is flushed by itself.
// Run: node bench/topics/main.ts [topics] [--copied]. Figures are printed, never asserted.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { oneRecord } from '../../src/base/records.ts'
import type { Log } from '../../src/contracts/log.ts'
import { openFolder } from '../../src/log/embedded/open-folder.ts'

const TOPICS = Number(process.argv[2] ?? 20_000)
const COPIED = process.argv.includes('--copied')
const AT_ONCE = 500

const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
const place = join(folder, 'log')

function open(): Promise<Log> {
  return openFolder(place, COPIED ? { journalBytes: 256 << 10 } : {})
}

async function timed<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const begun = performance.now()
  const result = await work()
  const ms = performance.now() - begun
  const memory = (process.memoryUsage().rss / 1e6).toFixed(0)
  const files = process.platform === 'linux' ? readdirSync('/proc/self/fd').length : NaN
  console.log(
    `  ${what.padEnd(12)} ${(ms / 1000).toFixed(2)} s, ${((ms * 1000) / TOPICS).toFixed(0)} us a topic; ${memory} MB, ${files} open files`,
  )
  return result
}

async function inParts(each: (numbers: readonly number[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < TOPICS; from += AT_ONCE)
    await each(Array.from({ length: Math.min(AT_ONCE, TOPICS - from) }, (_, i) => from + i))
}

async function read(log: Log, topic: string): Promise<void> {
  const { runs } = await log.read([{ topic, partition: 0, offset: 0 }], {
    maxBytes: 1000,
    maxWaitMs: 0,
  })
  if (runs.length !== 1) throw new Error(`${topic} must have its record`)
}

console.log(`${TOPICS.toLocaleString('en')} topics${COPIED ? ', each copied to its file' : ''}`)
const log = await timed('open', open)
await timed('make', () =>
  inParts((numbers) =>
    Promise.all(numbers.map((i) => log.ensureTopic({ name: `t${i}`, partitions: 1 }))),
  ),
)
const writer = await log.openWriter('bench')
await timed('write', () =>
  inParts((numbers) =>
    writer.append(
      numbers.map((i) => ({ topic: `t${i}`, partition: 0, records: oneRecord(i, 'key', 'value') })),
    ),
  ),
)
await timed('list', () => log.topics())
await timed('close', () => log.close())
console.log(`  ${readdirSync(place).length} files`)
const again = await timed('open again', open)
await timed('read', () =>
  inParts(async (numbers) => {
    for (const i of numbers) await read(again, `t${i}`)
  }),
)
await again.close()
rmSync(folder, { recursive: true })
