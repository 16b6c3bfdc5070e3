// A run that serves HTTP and is killed: what was acknowledged is there, and what is sent again is there once.
import { afterAll, expect, it } from 'vitest'
import { millrace } from '../cli/millrace.ts'
import { HttpRun, PAYMENTS, lines, newFolder } from './run-child.ts'

const folder = newFolder()
const runs: HttpRun[] = []
afterAll(async () => {
  await Promise.all(runs.map((run) => run.kill()))
  folder.remove()
})

async function start(): Promise<HttpRun> {
  const run = await HttpRun.start([
    PAYMENTS,
    '--log',
    folder.path,
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
async function idsIn(topic: string): Promise<string[]> {
  const tail = ['topics', 'tail', topic, '--all', '--json', '--log', folder.path]
  const { out } = await millrace(tail)
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(JSON.parse(line).value).id)
}

it('a request that is sent again after a kill -9 is there once, at the offsets it was told', async () => {
  const first = await start()
  const answers = Array.from({ length: REQUESTS }, async (_, i) => send(first, i))
  await answers[10]
  await first.kill()
  const before = await Promise.all(answers)
  const second = await start()
  const after = await Promise.all(Array.from({ length: REQUESTS }, (_, i) => send(second, i)))
  before.forEach((answer, i) => {
    expect(after[i]?.status).toBe(200)
    if (answer?.status !== 200) return
    const told = JSON.parse(answer.text)
    expect(JSON.parse(after[i]?.text ?? '')).toEqual({ ...told, repeated: true })
  })
  expect(before.some((answer) => answer?.status === 200)).toBe(true)
  const ids = await idsIn('payments')
  expect(ids).toHaveLength(REQUESTS * 3)
  expect(new Set(ids)).toEqual(
    new Set(Array.from({ length: REQUESTS * 3 }, (_, i) => `${Math.floor(i / 3)}/${i % 3}`)),
  )
})

it('a run that is stopped answers what it had taken, and ends', async () => {
  const run = await start()
  const answers = Array.from({ length: 20 }, (_, i) => send(run, 1000 + i))
  await answers[0]
  const code = await run.stop()
  expect(code).toBe(130)
  for (const answer of await Promise.all(answers))
    expect([undefined, 200, 503]).toContain(answer?.status)
})
