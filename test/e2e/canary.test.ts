// A value of an event is in no report, error, status or figure, whatever goes wrong with the event; only in what is asked for it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HttpRun, newFolder } from '../http/run-child.ts'
import { LogPlaces } from './log-places.ts'
import { runMain } from './run-main.ts'

const CANARY = 'canary7391'
const FILE = fileURLToPath(new URL('./pipelines/canary.ts', import.meta.url))
const AT = Date.UTC(2026, 0, 5)
const folder = newFolder()
const places = new LogPlaces()
const place = ['--log', places.empty()]

function word(wrong: string, more: object = {}): string {
  const event = { id: `${CANARY}-${wrong}`, wrong, amount: 3, at: AT, secret: `${CANARY} ${wrong}` }
  return JSON.stringify({ ...event, ...more })
}

const WRONG = [
  'none',
  'key',
  'feature',
  'model',
  'output',
  'label',
  'emit',
  'when',
  'refine',
  'message',
] as const
const LINES = [
  ...WRONG.map((wrong) => word(wrong)),
  word('type', { amount: CANARY }),
  word('time', { at: CANARY }),
  word('ahead', { at: Date.UTC(2099, 0, 1) }),
  word('unknown', { [CANARY]: CANARY }),
  word('high', { amount: 1e9 }),
  `{"id":"${CANARY}`,
  `"${CANARY}"`,
  CANARY,
]

const asked = new Map<string, string>()
const shown: string[] = []
let letters = ''
beforeAll(async () => {
  const input = LINES.map((line) => `${line}\n`).join('')
  const said = async (...args: string[]): Promise<void> => {
    const { out, err } = await runMain([...args, ...place], args[0] === 'topics' ? input : '')
    asked.set(args.join(' '), out + err)
  }
  await said('topics', 'write', 'words', '--key', 'id', '--end')
  const report = join(folder.path, 'report.json')
  await said('run', FILE, '--until-end', '--report', report)
  asked.set('the report', readFileSync(report, 'utf8'))
  await said('run', FILE, '--until-end', '--json')
  await said('status')
  await said('status', '--json')
  await said('topics', 'list', '--all')
  await said('dead-letters', 'list')
  await said('dead-letters', 'list', '--json')
  await said('dead-letters', 'retry', '--dry-run')
  await said('plan', FILE)
  letters = asked.get('dead-letters list') ?? ''
  for (const args of [
    ['dead-letters', 'list', '--show-values'],
    ['run', FILE, '--until-end', '--show-values'],
    ['topics', 'tail', 'words'],
  ])
    shown.push((await runMain([...args, ...place])).out)
  const run = await HttpRun.start([FILE, ...place, '--http', '0'])
  for (const [i, line] of LINES.entries()) {
    const asking = { method: 'POST', headers: { 'content-type': 'application/json' }, body: line }
    const { text } = await run.ask('/topics/words?check&key=wrong&time=at', asking)
    asked.set(`POST ${i}`, text)
  }
  for (const path of [
    '/metrics',
    '/ready',
    `/features/seen/${CANARY}`,
    `/features/${CANARY}/x`,
    `/${CANARY}`,
    `/topics/${CANARY}`,
  ])
    asked.set(path, (await run.ask(path)).text)
  await run.stop()
  asked.set('what the run said', run.said)
}, 180_000)
afterAll(() => {
  folder.remove()
  places.remove()
})

describe('a value of an event', () => {
  it('is in nothing that is said of a run, of its faults and of its figures', () => {
    const telling = [...asked]
      .filter(([, text]) => text.includes(CANARY))
      .map(([what, text]) => `${what}: ${text}`)
    expect(telling).toEqual([])
  })

  it('goes wrong in every way: each has its dead letter', () => {
    const reasons = new Set(letters.split('\n').filter((line) => line.startsWith('  ')))
    expect(letters).toContain(`${LINES.length - 1} of ${LINES.length - 1} dead letters`)
    expect(reasons.size).toBeGreaterThan(6)
    expect([...asked.values()].every((text) => text !== '')).toBe(true)
  })

  it('is shown to who asks for values', () => {
    expect(shown.map((text) => text.includes(CANARY))).toEqual([true, true, true])
  })
})
