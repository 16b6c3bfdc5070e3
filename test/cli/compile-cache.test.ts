// Code that was compiled is kept for the next run, in the user's own folder for caches or where Node is told to.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-compile-cache-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs `millrace --version` where the user's caches are the folder. @returns what is in it then. */
function keptBy(settings: NodeJS.ProcessEnv): string[] {
  const { NODE_COMPILE_CACHE: _, ...others } = process.env
  const env = { ...others, XDG_CACHE_HOME: folder, ...settings }
  const { status } = spawnSync(process.execPath, [MAIN, '--version'], { env })
  expect(status).toBe(0)
  return readdirSync(folder)
}

it("is in the folder of the user's caches, closed to others; nowhere where Node keeps nothing; elsewhere where Node is told so", () => {
  expect(keptBy({ NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual([])
  expect(keptBy({ NODE_COMPILE_CACHE: join(folder, 'other') })).toEqual(['other'])
  expect(keptBy({})).toEqual(['millrace', 'other'])
  expect(statSync(join(folder, 'millrace')).mode & 0o077).toBe(0)
})
