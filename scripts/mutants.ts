// `npm run mutants`: changes one small thing of the engine or the embedded log at a time, and sees whether a test notices.
// Exit code: 0 when at least 90 % of those are killed that are not equivalent, and each survivor has a reason in test/planted/survivors.ts,
// 1 otherwise, 2 for wrong arguments. Source of that score: R. DeMillo, R. Lipton, F. Sayward, Hints on test data selection, 1978.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { survivors } from '../test/planted/survivors.ts'
import type { Survivor } from '../test/planted/survivors/survivor.ts'
import type { Step } from './mutants/areas.ts'
import { mutated, type Mutant } from './mutants/mutate.ts'
import { chosenMutants, type Chosen } from './mutants/sample.ts'
import { atOnce } from './planted/at-once.ts'
import type { Overlay } from './planted/overlay.ts'
import { trySeeds, tryVitest, type Failed } from './planted/try-tests.ts'
import { root } from './test/tools.ts'

const HELP = `Mutants of the engine's commit, recovery, time and exchange, and of the embedded log.

  npm run mutants -- [--sample N] [--seed S] [--files PART,PART] [--jobs N] [--json FILE] [--known FILE] [--after N]

  --sample N   how many to try, 312 by default    --files PART  only of files whose paths contain one of these
  --seed S     which ones, 1 by default           --jobs N      how many at once, 2 by default
  --known FILE what an earlier run wrote with --json: what was killed there is not tried again, nor what has a reason
  --after N    leaves out the first N of the sample: it is in an order that stays, so that a run goes on where another ended`

const KILLED_AT_LEAST = 0.9
/** For one step of tests, which takes some seconds of a machine that is not busy. */
const LIMIT_MS = 240_000

interface Tried extends Chosen {
  readonly killedBy: Failed
  readonly seconds: number
}

/** As it lies in a file. */
interface Result {
  readonly area: string
  readonly place: string
  readonly killedBy?: Failed
  readonly seconds: number
}

process.exitCode = await main()

async function main(): Promise<number> {
  const options = parsedArguments()
  if (options === undefined || options.help === true) {
    console.error(HELP)
    return options === undefined ? 2 : 0
  }
  const { sample = '312', seed = '1', files = '', jobs = '2', after = '0', json, known } = options
  const parts = files.split(',').filter((part) => part !== '')
  const chosen = chosenMutants({ sample: Number(sample), seed: Number(seed), files: parts }).slice(
    Number(after),
  )
  const tried = known === undefined ? [] : killedBefore(known, chosen)
  const open = chosen.filter(({ mutant }) => tried.every((each) => each.mutant !== mutant))
  const steps = new Set(open.flatMap(({ area }) => area.steps))
  await atOnce([steps], 1, async (all, overlay) => {
    for (const step of all) {
      const failed = await tryStep(step, overlay)
      if (failed !== undefined) throw new Error(`without a mutant all tests must pass: ${failed}`)
    }
  })
  await atOnce(open, Number(jobs), async (each, overlay) => {
    const done = await tryMutant(each, overlay)
    tried.push(done)
    console.log(`${tried.length}/${chosen.length}  ${lineOf(done)}`)
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(tried.map(resultOf), null, 2)}\n`)
  })
  return reported(tried)
}

async function tryMutant({ area, mutant }: Chosen, overlay: Overlay): Promise<Tried> {
  const started = performance.now()
  overlay.plant(mutant.file, mutated(readFileSync(join(root, mutant.file), 'utf8'), mutant))
  let killedBy: Failed
  for (const step of area.steps) {
    killedBy = await tryStep(step, overlay)
    if (killedBy !== undefined) break
  }
  overlay.heal()
  return { area, mutant, killedBy, seconds: (performance.now() - started) / 1000 }
}

function tryStep(step: Step, { folder }: Overlay): Promise<Failed> {
  return 'seeds' in step
    ? trySeeds(folder, step, LIMIT_MS)
    : tryVitest(folder, { files: step.tests, together: true }, LIMIT_MS)
}

/** Mutants whose places and changes are those of an earlier run, which were killed, and those that may survive. */
function killedBefore(file: string, chosen: readonly Chosen[]): Tried[] {
  if (!existsSync(file)) return []
  const results: readonly Result[] = JSON.parse(readFileSync(file, 'utf8'))
  const killed = new Map(
    results.filter(({ killedBy }) => killedBy !== undefined).map((each) => [each.place, each]),
  )
  return chosen.flatMap((each) => {
    const found = killed.get(placeOf(each.mutant))
    if (found !== undefined) return { ...each, killedBy: found.killedBy, seconds: found.seconds }
    return survivorOf(each.mutant) === undefined ? [] : { ...each, killedBy: undefined, seconds: 0 }
  })
}

function placeOf({ file, line, operator, was, becomes }: Mutant): string {
  const short = was.replaceAll(/\s+/g, ' ').slice(0, 70)
  return `${file}:${line} ${operator}: ${short} -> ${becomes.replaceAll(/\s+/g, ' ').slice(0, 70)}`
}

function lineOf({ mutant, killedBy, seconds }: Tried): string {
  const end = killedBy === undefined ? 'SURVIVED' : `killed by ${killedBy}`
  return `${seconds.toFixed(1)} s  ${placeOf(mutant)}  ${end}`
}

function resultOf({ area, mutant, killedBy, seconds }: Tried): Result {
  return { area: area.name, place: placeOf(mutant), killedBy, seconds }
}

/** What is known of a mutant that may survive, where somebody has found out. */
function survivorOf(mutant: Mutant): Survivor | undefined {
  const text = readFileSync(join(root, mutant.file), 'utf8').split('\n')[mutant.line - 1].trim()
  return survivors.find(
    (each) =>
      each.file === mutant.file &&
      each.line === text &&
      each.was === mutant.was.replaceAll(/\s+/g, ' ') &&
      each.becomes === mutant.becomes,
  )
}

function reported(tried: readonly Tried[]): number {
  const names = [...new Set(tried.map(({ area }) => area.name))]
  const line = (name: string, ...cells: readonly (string | number)[]): void =>
    console.log(`${name.padEnd(16)}${cells.map((each) => String(each).padStart(12)).join('')}`)
  console.log()
  line('area', 'mutants', 'killed', 'equivalent', 'others', '% of all', '% of rest')
  let score = 0
  for (const name of [...names, 'all']) {
    const own = tried.filter(({ area }) => name === 'all' || area.name === name)
    const alive = own.filter(({ killedBy }) => killedBy === undefined)
    const killed = own.length - alive.length
    const same = alive.filter(({ mutant }) => survivorOf(mutant)?.equivalent === true).length
    score = killed / (own.length - same)
    const percent = (share: number): string => (100 * share).toFixed(1)
    line(
      name,
      own.length,
      killed,
      same,
      alive.length - same,
      percent(killed / own.length),
      percent(score),
    )
  }
  const alive = tried.filter(({ killedBy }) => killedBy === undefined)
  for (const { mutant } of alive) {
    const known = survivorOf(mutant)
    const kind = known?.equivalent === true ? 'equivalent' : 'survived'
    console.log(`${kind}: ${placeOf(mutant)}\n          ${known?.because ?? 'NO REASON YET'}`)
  }
  const explained = alive.every(({ mutant }) => survivorOf(mutant) !== undefined)
  return score >= KILLED_AT_LEAST && explained ? 0 : 1
}

function parsedArguments():
  | {
      sample?: string
      seed?: string
      files?: string
      jobs?: string
      json?: string
      known?: string
      after?: string
      help?: boolean
    }
  | undefined {
  try {
    return parseArgs({
      options: {
        sample: { type: 'string' },
        seed: { type: 'string' },
        files: { type: 'string' },
        jobs: { type: 'string' },
        json: { type: 'string' },
        known: { type: 'string' },
        after: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return undefined
  }
}
