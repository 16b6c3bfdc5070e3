// What a user gets: the package is packed and installed by docs/getting-started.md, in an empty folder, and used under each Node and
// TypeScript that it is for. It installs from the registry and takes minutes: `.ci/run` runs it, `npm test` does not.
//
//   node scripts/launch.mjs test/package/check-package.ts FOLDER     FOLDER/millrace is a clone of the repository
import { readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join, resolve } from 'node:path'
import { Child } from '../docs/child.ts'
import { pageFolder, ROOT, strict } from '../docs/page-folder.ts'
import { markOf, PageRun, stepsOf, type Step } from '../docs/run-page.ts'
import { MODULES, compilerArgs, installTools, type Tools } from './tools.ts'
import { readTarball } from './tarball.ts'

const folder = resolve(process.argv[2] ?? '.')
const shop = join(folder, 'shop')
const packages = join(shop, 'node_modules')
const EXAMPLE = readFileSync(join(ROOT, 'examples/payments/payments.ts'), 'utf8')

/** A test as the users of Node's own runner write it. */
const TEST = `import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { events, simulate } from 'millrace/testing'
import scoring, { payments } from './payments.ts'

test('scores a payment, also under faults', async () => {
  const payment = { id: 'p1', card: 'a', amount: 9, at: '2026-01-05T09:00:00Z' }
  const { topics } = await simulate(scoring, [events(payments, [payment])], { faults: 2 })
  deepEqual(topics.scores?.map(({ key }) => key), ['a'])
})
`

let failed = 0

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Says in one line whether something holds, and what is wrong where it does not. */
async function check(what: string, run: () => Promise<string | undefined>): Promise<void> {
  const wrong = await run()
  say(`${wrong === undefined ? 'ok    ' : 'FAILED'} ${what}`)
  if (wrong === undefined) return
  failed++
  say(wrong)
}

async function inShop(command: string, ...args: readonly string[]): Promise<string | undefined> {
  const { code, text } = await new Child(shop, command, args).ended
  return code === 0 ? undefined : text
}

async function gettingStarted(): Promise<string | undefined> {
  const page = readFileSync(join(ROOT, 'docs/getting-started.md'), 'utf8')
  const block = stepsOf(page).find(({ block: each }) => markOf(each, 'ci') !== undefined)?.block
  if (block === undefined) return 'docs/getting-started.md must have a block that begins a project'
  const { code, text } = await new Child(folder, 'bash', ['-e', '-c', strict(block.text)]).ended
  return code === 0 ? undefined : text
}

async function checkTypes({ compilers }: Tools): Promise<void> {
  await check('its types hold by the settings that docs/getting-started.md makes', () =>
    inShop(process.execPath, join(packages, 'typescript/bin/tsc'), '--noEmit'),
  )
  for (const [name, compiler] of Object.entries(compilers)) {
    for (const module of MODULES) {
      const args = compilerArgs(module)
      writeFileSync(join(shop, 'tsconfig.check.json'), JSON.stringify(args))
      await check(`its types hold by ${name}, strict, ${module}, libraries checked`, () =>
        inShop(process.execPath, compiler, '-p', 'tsconfig.check.json'),
      )
    }
  }
}

async function checkNode(name: string, node: string): Promise<void> {
  for (const file of ['shop.test.ts', 'shop.test.js'])
    await check(`${name}: node --test ${file}`, () => inShop(node, '--test', file))
  await check(`${name}: only what is exported can be imported`, () => inShop(node, 'exports.js'))
  for (const kind of ['ts', 'js']) {
    const page = readFileSync(join(ROOT, 'README.md'), 'utf8')
    const transcript = stepsOf(page).filter(({ what }) => what === 'transcript')
    await check(`${name}: the README's example, as .${kind}`, () =>
      runSteps(
        transcript.map((step) => inKind(step, kind)),
        node,
      ),
    )
  }
}

/** Where no broker is, the client must be there to find that out. */
async function reachesForKafka(): Promise<string | undefined> {
  const command = join(packages, 'millrace/dist/cli/main.js')
  const log = 'kafka://127.0.0.1:1'
  const text = await inShop(process.execPath, command, 'topics', 'list', '--log', log)
  return text?.includes('ML_CONNECTION') === true
    ? undefined
    : (text ?? 'it ended without an error')
}

function inKind(step: Step, kind: string): Step {
  const swap = (text: string): string => text.replaceAll('payments.ts', `payments.${kind}`)
  return { ...step, text: swap(step.text), block: { ...step.block, text: swap(step.block.text) } }
}

async function runSteps(steps: readonly Step[], node: string): Promise<string | undefined> {
  const page = pageFolder({ node, packages })
  page.write('examples/payments/payments.js', stripTypeScriptTypes(EXAMPLE))
  const run = new PageRun(steps, page)
  for (const step of steps) {
    const wrong = await run.run(step)
    if (wrong === undefined) continue
    await run.end()
    return wrong
  }
  return (await run.end()) ?? (steps.length === 0 ? 'the page has no transcript' : undefined)
}

const EXPORTS = `import * as millrace from 'millrace'
import * as learning from 'millrace/learning'
import * as testing from 'millrace/testing'
const inner = await import('millrace/dist/index.js').then(() => 'found', (error) => error.code)
if (typeof millrace.stream !== 'function' || typeof testing.simulate !== 'function') process.exit(1)
if (typeof learning.pipe !== 'function') process.exit(1)
if (inner !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw new Error(\`an inner file was \${inner}\`)
`

await check('docs/getting-started.md begins a project', gettingStarted)
if (failed > 0) process.exit(1)
const tarball = readTarball(join(folder, 'millrace'), join(packages, 'millrace'))
const size = `${tarball.files} files, ${(tarball.bytes / 1000).toFixed(0)} kB`
await check(`the tarball (${size}) has what it must, and nothing else`, async () =>
  tarball.faults.length === 0 ? undefined : tarball.faults.join('\n'),
)
const tools = await installTools(join(folder, 'tools'))
writeFileSync(join(shop, 'payments.ts'), EXAMPLE)
writeFileSync(join(shop, 'payments.js'), stripTypeScriptTypes(EXAMPLE))
writeFileSync(join(shop, 'shop.test.ts'), TEST)
writeFileSync(join(shop, 'shop.test.js'), TEST.replace('./payments.ts', './payments.js'))
writeFileSync(join(shop, 'exports.js'), EXPORTS)
await checkTypes(tools)
await check('a log on Kafka needs nothing else', reachesForKafka)
for (const [name, node] of Object.entries(tools.nodes)) await checkNode(name, node)
process.exitCode = failed === 0 ? 0 : 1
