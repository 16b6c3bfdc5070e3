// What a run makes is its user's alone, whatever the machine's habits, and what is open to others is closed and said.
import { execFile } from 'node:child_process'
import { chmodSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { MAIN } from '../built/built.ts'
import { HttpRun, newFolder, PAYMENTS } from '../http/run-child.ts'

const folder = newFolder()
const log = join(folder.path, 'log')
const runs: HttpRun[] = []
afterAll(async () => {
  await Promise.all(runs.map((run) => run.kill()))
  folder.remove()
})

/** Paths below a folder that others can do anything with. */
function openToOthers(path: string): string[] {
  return ['.', ...readdirSync(path, { recursive: true, encoding: 'utf8' })].filter(
    (name) => (statSync(join(path, name)).mode & 0o077) !== 0,
  )
}

it('every file, folder and socket is closed to others, though the shell would leave them open', async () => {
  const report = join(folder.path, 'report.json')
  const end = `node=$1; main=$2; umask 000; for t in payments chargebacks; do "$node" "$main" topics write $t --end --log "$3" < /dev/null; done; "$node" "$main" run "$4" --until-end --log "$3" --report "$5"`
  await promisify(execFile)('sh', ['-c', end, 'sh', process.execPath, MAIN, log, PAYMENTS, report])
  expect(openToOthers(folder.path)).toEqual([])
  const run = await HttpRun.start([PAYMENTS, '--log', log, '--http', '0'])
  runs.push(run)
  expect(readdirSync(log).some((name) => name.startsWith('log.sock'))).toBe(true)
  expect(openToOthers(log)).toEqual([])
  expect(run.said).not.toContain('other users')
  await run.stop()
})

it('a file that others can read is closed to them at the start, and that is said', async () => {
  const journal = readdirSync(log).find((name) => name.startsWith('journal-')) ?? ''
  chmodSync(join(log, journal), 0o644)
  chmodSync(log, 0o755)
  const run = await HttpRun.start([PAYMENTS, '--log', log, '--http', '0'])
  runs.push(run)
  expect(openToOthers(log)).toEqual([])
  expect(run.said).toContain(
    `other users could open 2 files of ${log} (., ${journal}): closed to them`,
  )
  await run.stop()
})
