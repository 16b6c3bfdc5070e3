// Every example of the documents is run. CONTRIBUTING.md says how a page tells what a block needs.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ROOT } from './page-folder.ts'
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

describe.each(pages.filter(({ steps }) => steps.length > 0))('$name', ({ steps }) => {
  let run: PageRun | undefined
  // Not before its tests begin: a page that is filtered out has no folder.
  const begun = (): PageRun => (run ??= new PageRun(steps))
  afterAll(async () => {
    const wrong = await run?.end()
    if (wrong !== undefined) throw new Error(wrong)
  })

  it.runIf(steps.some(({ file }) => file.endsWith('.ts')))(
    'compiles, as a strict user has it',
    { timeout: 120_000 },
    async () => {
      expect(await begun().compile()).toBe('')
    },
  )

  it.each(steps)('$name', { timeout: 240_000 }, async (step) => {
    expect(await begun().run(step)).toBeUndefined()
  })
})
