// Before the tests: what they start in processes of their own, as users have it. Such a process is ready in two thirds of the time that it needs from
// the sources, and tests start hundreds.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { bundle, writeParts } from '../../scripts/build/bundle.ts'
import { root } from '../../scripts/test/tools.ts'

/** Beside packages: it finds there what it imports. */
const CACHE = join(root, 'node_modules/.cache/millrace-built')
const OLD_MS = 86_400_000

/** Names the folder to the tests. By what is in it: tests that run at the same time, of other sources, have another one. */
export async function setup(): Promise<void> {
  const parts = await bundle({ 'test/run-child': join(root, 'test/e2e/run-child.ts') })
  const digest = createHash('sha256')
  for (const { fileName, code } of parts) digest.update(fileName).update(code)
  const folder = join(CACHE, digest.digest('hex').slice(0, 16))
  process.env.MILLRACE_TEST_BUILT = folder
  removeOld()
  if (existsSync(folder)) return
  const made = `${folder}-${process.pid}`
  writeParts(parts, join(made, 'dist'))
  cpSync(join(root, 'package.json'), join(made, 'package.json'))
  try {
    renameSync(made, folder)
  } catch (error) {
    // Somebody else was faster.
    rmSync(made, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}

function removeOld(): void {
  if (!existsSync(CACHE)) return
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name)
    if (Date.now() - statSync(path).mtimeMs > OLD_MS) rmSync(path, { recursive: true, force: true })
  }
}
