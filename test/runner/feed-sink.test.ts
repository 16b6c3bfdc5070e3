import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openLog, producer, type Log } from '../../src/index.ts'
import { checkFree } from '../../src/connectors/file/growing-file.ts'
import { linesSink } from '../../src/connectors/file/lines-sink.ts'
import { feedSink } from '../../src/runner/copying/feed-sink.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-feed-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function write(log: Log, values: readonly string[]): Promise<void> {
  const out = await producer(log, { topic: 'outbox', id: 'test', partitions: 1 })
  for (const value of values) out.send({ value, time: 0 })
  await out.close()
}

/** Writes what is there, and gives what the file has then. */
async function fed(log: Log, name: string): Promise<string> {
  const path = join(folder, name)
  await feedSink(log, {
    topic: 'outbox',
    sink: linesSink({ path, name }),
    begin: () => checkFree(path),
    finish: AbortSignal.abort(),
  })
  return readFileSync(path, 'utf8')
}

it('a file of another name begins with the first record that the topic has', async () => {
  const { log } = await openLog(join(folder, 'log'))
  try {
    await write(log, ['1', '2'])
    expect(await fed(log, 'one.jsonl')).toBe('1\n2\n')
    await write(log, ['3'])
    expect(await fed(log, 'other.jsonl')).toBe('1\n2\n3\n')
    expect(await fed(log, 'other.jsonl')).toBe('1\n2\n3\n')
    await expect(fed(log, 'one.jsonl')).rejects.toMatchObject({ code: 'ML_SINK' })
  } finally {
    await log.close()
  }
})
