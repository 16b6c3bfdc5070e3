// The features of a key over HTTP: the same figures that the stream had, from the worker that owns the key.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { millrace } from '../cli/millrace.ts'
import { HttpRun, PAYMENTS, lines, newFolder } from './run-child.ts'

const folder = newFolder()
let run: HttpRun
const CARDS = ['a', 'b', 'card/with%odd "letters"', 'é'] as const
const payments = Array.from({ length: 40 }, (_, i) => ({
  id: `p${i}`,
  card: CARDS[i % CARDS.length],
  amount: 0.1 + i * 7.3,
  at: `2026-01-05T10:${String(10 + i)}:00.000Z`,
}))

beforeAll(async () => {
  run = await HttpRun.start([
    PAYMENTS,
    '--log',
    folder.path,
    '--partitions',
    '3',
    '--workers',
    '2',
    '--http',
    '0',
  ])
  for (const payment of payments) await run.ask('/topics/payments?key=card', lines([payment]))
  const end = await millrace(['topics', 'write', 'payments', '--end', '--log', folder.path])
  const labels = await millrace(['topics', 'write', 'chargebacks', '--end', '--log', folder.path])
  if (end.code !== 0 || labels.code !== 0) throw new Error(end.err + labels.err)
  // As the log has them: what workers count is durable a moment later.
  const status = ['status', '--json', '--log', folder.path, '--file', PAYMENTS]
  while (JSON.parse((await millrace(status)).out).predictions !== payments.length);
})
afterAll(async () => {
  await run.kill()
  folder.remove()
})

async function served(id: string): Promise<Record<string, unknown>> {
  const { out } = await millrace([
    'explain',
    id,
    '--json',
    '--log',
    folder.path,
    '--file',
    PAYMENTS,
  ])
  return JSON.parse(out)[0].features
}

describe('GET /features/SET/KEY', () => {
  it('has for every key the bits of its last prediction, as of that one', async () => {
    for (const payment of payments.slice(-CARDS.length)) {
      const { amount, ...expected } = await served(payment.id)
      const path = `/features/card/${encodeURIComponent(payment.card)}?at=${encodeURIComponent(payment.at)}`
      const { status, text } = await run.ask(path)
      expect([amount, status]).toEqual([payment.amount, 200])
      expect(JSON.parse(text)).toMatchObject({
        set: 'card',
        key: payment.card,
        at: Date.parse(payment.at),
        features: expected,
      })
    }
  })

  it('goes on in time where nothing comes', async () => {
    const at = Date.parse('2026-01-06T10:00:00Z')
    const { text } = await run.ask(`/features/card/a?at=${at}`)
    expect(JSON.parse(text)).toMatchObject({ at, features: { payments1h: 0 } })
  })

  it('is as of the newest event, where no time is said and no more will come', async () => {
    const { text } = await run.ask('/features/card/a')
    expect(JSON.parse(text)).toMatchObject({ at: Date.parse('2026-01-05T10:46:00Z') })
  })

  it.each([
    ['a key that never came', '/features/card/none', 404],
    ['a set that is not there', '/features/shop/a', 400],
    ['a time before what is kept', '/features/card/a?at=2026-01-01T00:00:00Z', 400],
    ['a time without a zone', '/features/card/a?at=2026-01-05T10:00:00', 400],
    ['another option', '/features/card/a?as=of', 400],
    ['a key that is too long', `/features/card/${'x'.repeat(300)}`, 414],
  ])('refuses %s', async (_, path, expected) => {
    const { status, text } = await run.ask(path)
    expect([status, text.includes('none')]).toEqual([expected, text.includes('found none')])
  })

  it('answers while many ask', async () => {
    const asked = Array.from({ length: 200 }, (_, i) =>
      run.ask(`/features/card/${encodeURIComponent(CARDS[i % CARDS.length])}`),
    )
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 200))
  })
})
