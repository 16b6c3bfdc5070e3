// Every example of the documents is run. CONTRIBUTING.md says how a page tells what a block needs.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ROOT } from './page-folder.ts'
import { compileTogether } from './compile-together.ts'
import { PageRun, stepsOf } from './run-page.ts'

const examples = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' })
const names = [
  ...readdirSync(ROOT),
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
  ...examples.filter((name) => name.endsWith('README.md')).map((name) => `examples/${name}`),
].filter((name) => name.endsWith('.md'))

const pages = names.map((name) => ({
  name,
  steps: stepsOf(readFileSync(join(ROOT, name), 'utf8')).filter(({ what }) => what !== 'none'),
}))

it('the documents are found, with their examples', () => {
  expect(names).toEqual(expect.arrayContaining(['README.md', 'docs/getting-started.md']))
  expect(pages.filter(({ steps }) => steps.length > 0).length).toBeGreaterThanOrEqual(3)
})

// Not before its tests begin: a page that is filtered out has no folder.
const runs = new Map<string, PageRun>()
function begun({ name, steps }: (typeof pages)[number]): PageRun {
  const run = runs.get(name) ?? new PageRun(steps)
  runs.set(name, run)
  return run
}

async function ended(name: string): Promise<void> {
  const run = runs.get(name)
  runs.delete(name)
  const wrong = await run?.end()
  if (wrong !== undefined) throw new Error(wrong)
}

const modules = pages.filter(({ steps }) => steps.some(({ file }) => file.endsWith('.ts')))
let compiled: Promise<ReadonlyMap<string, string>> | undefined
/** What the compiler says about each page; the first that asks has all compiled. */
function complaints(): Promise<ReadonlyMap<string, string>> {
  compiled ??= compileTogether(modules.map((page) => begun(page).written())).then(
    (said) => new Map(modules.map(({ name }, i) => [name, said[i]])),
  )
  return compiled
}

afterAll(async () => {
  // What was begun to be compiled, and no test ended.
  for (const name of runs.keys()) await ended(name)
})

describe.each(pages.filter(({ steps }) => steps.length > 0))('$name', (page) => {
  afterAll(() => ended(page.name))

  it.runIf(modules.includes(page))('compiles, as a strict user has it', async () => {
    expect((await complaints()).get(page.name)).toBe('')
  })

  it.each(page.steps)('$name', { timeout: 240_000 }, async (step) => {
    expect(await begun(page).run(step)).toBeUndefined()
  })
})
