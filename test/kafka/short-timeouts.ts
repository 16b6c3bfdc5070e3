// Settings of runs whose death a test waits for: a session and a transaction are over after three seconds, not after ten and fifteen. It is the
// same mechanism, sooner.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SHORT_MS = 3_000

/** From now on this process, and those it starts, have them. @returns what takes them back. */
export function shortenTimeouts(ms: number = SHORT_MS): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-short-'))
  const file = join(folder, 'client.properties')
  writeFileSync(file, `session.timeout.ms=${ms}\ntransaction.timeout.ms=${ms}\n`)
  const before = process.env.MILLRACE_KAFKA_CONFIG
  process.env.MILLRACE_KAFKA_CONFIG = file
  return () => {
    if (before === undefined) delete process.env.MILLRACE_KAFKA_CONFIG
    else process.env.MILLRACE_KAFKA_CONFIG = before
    rmSync(folder, { recursive: true })
  }
}
