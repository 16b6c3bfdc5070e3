// `npm run planted`: plants one bug of test/planted/ at a time in a copy of the repository, and sees which test finds it, how fast.
// Exit code: 0 when all are found, 1 when one survives or a test fails without a bug, 2 for wrong arguments.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Finder, PlantedBug } from '../test/planted/bug.ts'
import { bugs } from '../test/planted/bugs.ts'
import { planted } from '../test/planted/plant.ts'
import { atOnce } from './planted/at-once.ts'
import type { Overlay } from './planted/overlay.ts'
import { trySeeds, tryVitest, type Failed } from './planted/try-tests.ts'
import { root } from './test/tools.ts'

const HELP = `Plants a bug at a time in a copy of the sources, and runs the tests that must find it.

  npm run planted -- [--only NAME] [--kafka] [--jobs N] [--json FILE]
  npm run planted -- --list

  --only NAME,NAME  these alone            --jobs N  how many at once, 2 by default
  --kafka           those of the log on Kafka  --list  says what there is`

/** For one file of tests, or some seeds. */
const LIMIT_MS = 300_000

interface Tried {
  readonly bug: PlantedBug
  readonly foundBy: Failed
  /** What found it. */
  readonly finder: Finder | undefined
  readonly seconds: number
}

process.exitCode = await main()

async function main(): Promise<number> {
  const options = parsedArguments()
  if (options === undefined || options.help === true) {
    console.error(HELP)
    return options === undefined ? 2 : 0
  }
  const { only, kafka = false, jobs = '2', json } = options
  const chosen = bugs.filter(
    ({ name, foundBy }) =>
      (only === undefined || only.split(',').includes(name)) &&
      foundBy.some((each) => 'kafka' in each) === kafka,
  )
  if (options.list === true) {
    for (const { name, does } of bugs) console.log(`${name.padEnd(32)}${does}`)
    return 0
  }
  if (chosen.length === 0) {
    console.error(`no such bug: ${only ?? 'there is none'}; see --list, and --kafka`)
    return 2
  }
  const tried: Tried[] = []
  await atOnce(chosen, kafka ? 1 : Number(jobs), async (bug, overlay) => {
    const done = await tryBug(bug, overlay)
    tried.push(done)
    console.log(`${tried.length}/${chosen.length}  ${lineOf(done)}`)
  })
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(tried.map(resultOf), null, 2)}\n`)
  const code = reported(tried)
  return (await passesWithout(tried)) ? code : 1
}

/** What fails without a bug, too, finds none. */
async function passesWithout(tried: readonly Tried[]): Promise<boolean> {
  const finders = new Map(
    tried.flatMap(({ finder }) => finder ?? []).map((each) => [JSON.stringify(each), each]),
  )
  let failed: Failed
  await atOnce([[...finders.values()]], 1, async (all, { folder }) => {
    const files = [...new Set(all.flatMap((each) => ('test' in each ? [each.test] : [])))]
    if (files.length > 0) failed = await tryVitest(folder, { files }, LIMIT_MS * 2)
    for (const each of all)
      if (failed === undefined && !('test' in each)) failed = await tryFinder(each, folder)
  })
  if (failed !== undefined) console.error(`without a bug all tests must pass: ${failed}`)
  return failed === undefined
}

async function tryBug(bug: PlantedBug, overlay: Overlay): Promise<Tried> {
  const started = performance.now()
  overlay.plant(bug.file, planted(bug, readFileSync(join(root, bug.file), 'utf8')))
  let foundBy: Failed
  let finder: Finder | undefined
  for (finder of bug.foundBy) {
    foundBy = await tryFinder(finder, overlay.folder)
    if (foundBy !== undefined) break
  }
  overlay.heal()
  return { bug, foundBy, finder, seconds: (performance.now() - started) / 1000 }
}

function tryFinder(finder: Finder, folder: string): Promise<Failed> {
  if ('seeds' in finder) return trySeeds(folder, finder, LIMIT_MS)
  const { named } = finder
  return 'kafka' in finder
    ? tryVitest(folder, { files: [finder.kafka], named, kafka: true }, LIMIT_MS)
    : tryVitest(folder, { files: [finder.test], named }, LIMIT_MS)
}

function lineOf({ bug, foundBy, seconds }: Tried): string {
  return `${bug.name.padEnd(36)}${seconds.toFixed(1).padStart(7)} s  ${foundBy ?? 'SURVIVED'}`
}

function resultOf({ bug, foundBy, seconds }: Tried): object {
  return { name: bug.name, does: bug.does, file: bug.file, foundBy: foundBy ?? null, seconds }
}

function reported(tried: readonly Tried[]): number {
  console.log(`\n${'bug'.padEnd(36)}${'after'.padStart(9)}  found by`)
  for (const each of tried.toSorted((a, b) => (a.bug.name < b.bug.name ? -1 : 1)))
    console.log(lineOf(each))
  const found = tried.filter(({ foundBy }) => foundBy !== undefined).length
  const slowest = Math.max(...tried.map(({ seconds }) => seconds))
  console.log(`${found} of ${tried.length} found, the last one after ${slowest.toFixed(1)} s`)
  return found === tried.length ? 0 : 1
}

function parsedArguments():
  | {
      only?: string
      kafka?: boolean
      list?: boolean
      jobs?: string
      json?: string
      help?: boolean
    }
  | undefined {
  try {
    return parseArgs({
      options: {
        only: { type: 'string' },
        kafka: { type: 'boolean' },
        list: { type: 'boolean' },
        jobs: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return undefined
  }
}
