// `npm run bench [-- --only NAMES] [--json FILE]`: takes all measures, one after the other, and prints what came out beside what is to be
// reached, on which machine, and what bounds each figure that is missed. Exits with 1 where a measure failed; a figure that is missed is a result.
import { fork, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { MEASURES } from './run/all.ts'
import { ROOT } from './run/built.ts'
import { machine } from './run/machine.ts'
import { resultText } from './run/print.ts'
import type { Outcome, Taken } from './run/result.ts'
import type { Measure } from './run/measure.ts'

const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } })
const chosen = choose(values.only)
const begun = new Date().toISOString()
const before = machine()
build()
const measures: Taken[] = []
for (const [i, [name, measure]] of chosen.entries())
  measures.push(await taken(name, measure, `${i + 1}/${chosen.length}`))
const result = { date: begun, machine: before, measures }
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`)
console.log(`\n${resultText(result)}`)
if (measures.some(({ outcome }) => outcome.kind === 'failed')) process.exitCode = 1

function choose(only: string | undefined): readonly (readonly [string, Measure])[] {
  if (only === undefined) return [...MEASURES]
  return only.split(',').map((name) => {
    const measure = MEASURES.get(name)
    if (measure === undefined) {
      console.error(`--only takes some of ${[...MEASURES.keys()].join(',')}; found ${name}`)
      process.exit(2)
    }
    return [name, measure] as const
  })
}

/** Jobs run as users run them: the built package. */
function build(): void {
  console.error('building the package')
  const { status } = spawnSync(process.execPath, [join(ROOT, 'scripts/build.ts')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error('the package does not build; see npm run build')
}

async function taken(name: string, { about, method }: Measure, place: string): Promise<Taken> {
  const started = performance.now()
  const said = (): string =>
    `${place} ${name}: ${about}, ${((performance.now() - started) / 1000).toFixed(0)} s`
  const { isTTY } = process.stderr
  if (!isTTY) console.error(`${place} ${name}: ${about}`)
  const ticking = isTTY ? setInterval(() => process.stderr.write(`\r${said()}`), 1000) : undefined
  const outcome = await inProcess(name)
  clearInterval(ticking)
  console.error(
    `${isTTY ? '\r' : ''}${said()}${outcome.kind === 'taken' ? '' : ` (${outcome.kind})`}`,
  )
  return { measure: name, about, method, seconds: (performance.now() - started) / 1000, outcome }
}

function inProcess(name: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = fork(join(import.meta.dirname, 'run/take.ts'), [name], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // JSON has no NaN, which says that a figure could not be taken.
      serialization: 'advanced',
    })
    let outcome: Outcome | undefined
    child.on('message', (message) => (outcome = message as Outcome))
    child.once('exit', (code) =>
      resolve(outcome ?? { kind: 'failed', why: `its process ended with ${String(code)}` }),
    )
  })
}
