// Makes the golden folder of this release: a log with every kind of topic and state, as a run left it. Later releases are tested
// against it (test/golden/golden.test.ts). Run it when the format changes before a release, never for a release that is out.
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { backup } from '../src/runner/commands/backup-command.ts'
import { runPipeline } from '../src/runner/run-pipeline.ts'
import { writeRound } from '../test/golden/inputs.ts'

const RELEASE = '0.1.0'
const QUIET_MS = 4000

const golden = fileURLToPath(new URL(`../test/golden/${RELEASE}`, import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'millrace-golden-'))
// The path of the definition is in the log: it must not be that of a repository.
const definitions = join(tmpdir(), 'millrace-golden')

/** Runs until nothing has moved for a while. */
async function runWhile(file: string, log: string): Promise<void> {
  const stop = new AbortController()
  let seen = ''
  let timer: NodeJS.Timeout | undefined
  await runPipeline({
    file,
    log,
    workers: 2,
    batchRows: 16,
    signal: stop.signal,
    onStatus: ({ stages }) => {
      const now = JSON.stringify(stages.map(({ counts }) => counts))
      if (now === seen && timer !== undefined) return
      seen = now
      clearTimeout(timer)
      timer = setTimeout(() => stop.abort(), QUIET_MS)
    },
  })
  clearTimeout(timer)
}

rmSync(definitions, { force: true })
symlinkSync(golden, definitions)
try {
  const log = join(root, 'log')
  await writeRound(log, 0, false)
  await runWhile(join(definitions, 'first.ts'), log)
  await writeRound(log, 1, false)
  await runWhile(join(definitions, 'second.ts'), log)
  const to = join(root, 'log.tar')
  const { signal } = new AbortController()
  await backup({ log, to, signal, onProgress: () => undefined })
  const packed = brotliCompressSync(readFileSync(to))
  writeFileSync(join(golden, 'log.tar.br'), packed)
  process.stdout.write(`test/golden/${RELEASE}/log.tar.br: ${packed.length} bytes\n`)
} finally {
  rmSync(definitions, { force: true })
  rmSync(root, { recursive: true, force: true })
}
