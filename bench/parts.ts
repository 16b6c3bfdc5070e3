// Where the flights job spends its CPU: `node bench/parts.ts [--limit N]`. Every process and thread of the job is sampled by V8's own
// profiler; a sample belongs to the first part that one of its frames names, from the innermost outwards.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { RunReport } from '../src/contracts/run-report.ts'
import { microsByPart } from './profile/attribute.ts'
import { partOfFile, REST } from './profile/parts.ts'

const { values } = parseArgs({ options: { limit: { type: 'string', default: '400000' } } })
const folder = mkdtempSync(join(tmpdir(), 'millrace-parts-'))
try {
  const events = job(values.limit)
  const spent = microsByPart(folder, { partOf: ({ url }) => partOfFile(url), rest: REST })
  print(spent, events)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function job(limit: string): number {
  const report = join(folder, 'report.json')
  const script = fileURLToPath(new URL('../examples/flights/start.ts', import.meta.url))
  const args = [script, '--data', join(folder, 'data'), '--report', report, '--limit', limit]
  const options = `${process.env.NODE_OPTIONS ?? ''} --cpu-prof --cpu-prof-dir=${folder}`
  const { status, stderr } = spawnSync(process.execPath, [...process.execArgv, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: options },
  })
  if (status !== 0) throw new Error(`the job ended with ${status}: ${stderr}`)
  const { events }: RunReport = JSON.parse(readFileSync(report, 'utf8'))
  return Object.values(events).reduce((sum, count) => sum + count, 0)
}

function print(spent: ReadonlyMap<string, number>, events: number): void {
  const all = [...spent.values()].reduce((sum, us) => sum + us, 0)
  console.log(`${events.toLocaleString('en')} events; sampled, native threads not included`)
  for (const [part, us] of [...spent].sort((a, b) => b[1] - a[1]))
    console.log(
      `${part.padEnd(34)}${(us / events).toFixed(2).padStart(8)} us an event${((us / all) * 100).toFixed(1).padStart(8)} %`,
    )
  console.log(`${'all'.padEnd(34)}${(all / events).toFixed(2).padStart(8)} us an event`)
}
