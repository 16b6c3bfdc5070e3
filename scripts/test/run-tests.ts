// Runs Vitest and reads what came of it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTotals, type Totals } from './totals.ts'
import { spawned, tool } from './tools.ts'

/** @param args filters and options of Vitest. */
export async function runTests(args: readonly string[]): Promise<Totals> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'))
  const file = join(folder, 'totals.json')
  // Tests start some thousand processes of the same files: each is compiled once, not every time.
  process.env.NODE_COMPILE_CACHE ??= join(folder, 'compiled')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const { code } = await spawned(tool('vitest'), ['run', ...reporters, ...args], 'inherit')
    return readTotals(file, code)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
