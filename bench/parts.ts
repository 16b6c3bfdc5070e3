// Where the flights job spends its CPU: `node bench/parts.ts [--limit N]`. Every process and thread of the job is sampled by V8's own
// profiler; a sample belongs to the first part that one of its frames names, from the innermost outwards.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { RunReport } from '../src/contracts/run-report.ts'

/** Innermost frame first: the first expression that fits its file decides. */
const PARTS: readonly (readonly [part: string, files: RegExp])[] = [
  ['model', /src\/models\/|onnxruntime/],
  ['decode and validate', /src\/schema\//],
  ['labels: join and metrics', /operators\/(join|waiting)|waiting\/|src\/learning\//],
  ['features', /src\/features\/|engine\/state\/|stage-sets/],
  ['hop: blocks, routing, merging', /engine\/exchange\/|merge-task|carried-events/],
  ['predict, receipts, outputs', /operators\/(predict|outputs|row-view|stage-body|set-aside)/],
  ['sources', /source-task|source-body/],
  ['commit: deltas and snapshots', /committer|packed-record|commit-record|snapshot-record/],
  ['log', /src\/log\/(embedded|server)\//],
  ['importer', /examples\/flights\/start|hyparquet|src\/log\/producer|src\/base\/records/],
  ['start: loading code', /node:internal\/modules|esm\/|internal\/process/],
]
const REST = 'all else'

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const { values } = parseArgs({ options: { limit: { type: 'string', default: '400000' } } })
const folder = mkdtempSync(join(tmpdir(), 'millrace-parts-'))
try {
  const events = job(values.limit)
  const spent = new Map<string, number>()
  for (const file of readdirSync(folder))
    if (file.endsWith('.cpuprofile')) addProfile(readProfile(file), spent)
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

function readProfile(file: string): Profile {
  const profile: Profile = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  return profile
}

function addProfile({ nodes, samples, timeDeltas }: Profile, spent: Map<string, number>): void {
  const parts = new Map<number, string | undefined>()
  const byId = new Map(nodes.map((node) => [node.id, node]))
  // A node without a part of its own has its parent's: parents come before their children.
  for (const { id, callFrame, children = [] } of nodes) {
    const { functionName, url } = callFrame
    const own =
      functionName === '(garbage collector)'
        ? 'garbage collection'
        : functionName === '(idle)'
          ? ''
          : PARTS.find(([, files]) => files.test(url))?.[0]
    parts.set(id, own ?? parts.get(id))
    for (const child of children)
      if (byId.has(child)) parts.set(child, parts.get(child) ?? parts.get(id))
  }
  samples.forEach((id, i) => {
    const part = parts.get(id) ?? REST
    if (part !== '') spent.set(part, (spent.get(part) ?? 0) + timeDeltas[i])
  })
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
