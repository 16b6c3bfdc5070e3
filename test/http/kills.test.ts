// A run that serves HTTP and is killed: what was acknowledged is there, and what is sent again is there once.
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { millrace } from '../cli/millrace.ts'
import { HttpRun, PAYMENTS, lines, newFolder } from './run-child.ts'

const COUNTS = fileURLToPath(new URL('pipelines/counts.ts', import.meta.url))
const folders = [newFolder(), newFolder()]
const runs: HttpRun[] = []
afterAll(async () => {
  await Promise.all(runs.map((run) => run.kill()))
  for (const folder of folders) folder.remove()
})

async function start(definition: string, { path }: { readonly path: string }): Promise<HttpRun> {
  const run = await HttpRun.start([
    definition,
    '--log',
    path,
    '--partitions',
    '2',
    '--workers',
    '1',
    '--http',
    '0',
  ])
  runs.push(run)
  return run
}

const REQUESTS = 60
function send(
  run: HttpRun,
  request: number,
): Promise<{ status: number; text: string } | undefined> {
  const events = [0, 1, 2].map((i) => ({
    id: `${request}/${i}`,
    card: `card-${(request + i) % 7}`,
    amount: 5,
    at: '2026-01-05T10:00:00Z',
  }))
  // A connection that breaks says nothing about what happened.
  return run
    .ask(
      '/topics/payments?key=card&time=at',
      lines(events, { 'idempotency-key': `request-${request}` }),
    )
    .catch(() => undefined)
}

/** Ids of the events, or scores, of a topic. */
async function idsIn(topic: string, { path }: { readonly path: string }): Promise<string[]> {
  const tail = ['topics', 'tail', topic, '--all', '--json', '--log', path]
  const { out } = await millrace(tail)
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(JSON.parse(line).value).id)
}

it('a request that is sent again after a kill -9 is there once, at the offsets it was told', async () => {
  const first = await start(PAYMENTS, folders[0])
  const answers = Array.from({ length: REQUESTS }, async (_, i) => send(first, i))
  await answers[10]
  await first.kill()
  const before = await Promise.all(answers)
  const second = await start(PAYMENTS, folders[0])
  const after = await Promise.all(Array.from({ length: REQUESTS }, (_, i) => send(second, i)))
  before.forEach((answer, i) => {
    expect(after[i]?.status).toBe(200)
    if (answer?.status !== 200) return
    const told = JSON.parse(answer.text)
    expect(JSON.parse(after[i]?.text ?? '')).toEqual({ ...told, repeated: true })
  })
  expect(before.some((answer) => answer?.status === 200)).toBe(true)
  const ids = await idsIn('payments', folders[0])
  expect(ids).toHaveLength(REQUESTS * 3)
  expect(new Set(ids)).toEqual(
    new Set(Array.from({ length: REQUESTS * 3 }, (_, i) => `${Math.floor(i / 3)}/${i % 3}`)),
  )
})

it('a run that is told to end under load answers what it has taken; the next one has each event once and counts it once', async () => {
  const [, folder] = folders
  const run = await start(COUNTS, folder)
  const requests = Array.from({ length: 200 }, (_, i) => i)
  const answers = requests.map((request) => send(run, request))
  await answers[0]
  expect(await run.stop()).toBe(130)
  const before = await Promise.all(answers)
  for (const answer of before) expect([undefined, 200, 503]).toContain(answer?.status)
  const next = await start(COUNTS, folder)
  const after = await Promise.all(requests.map((request) => send(next, request)))
  before.forEach((answer, i) => {
    expect(after[i]?.status).toBe(200)
    const told = JSON.parse(after[i]?.text ?? '')
    if (answer?.status === 200) expect(told).toEqual({ ...JSON.parse(answer.text), repeated: true })
  })
  const sent = requests.flatMap((request) => [0, 1, 2].map((i) => `${request}/${i}`)).toSorted()
  while ((await idsIn('scores', folder)).length < sent.length) await pause(100)
  await next.stop()
  expect((await idsIn('payments', folder)).toSorted()).toEqual(sent)
  expect((await idsIn('scores', folder)).toSorted()).toEqual(sent)
})
