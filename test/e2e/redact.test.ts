// Fields that a stream redacts: no dead letter, receipt or explanation has them; models, retries and replays work as they would without.
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LogPlaces } from './log-places.ts'
import { runMain } from './run-main.ts'

const FILE = fileURLToPath(new URL('./pipelines/redacts.ts', import.meta.url))
const SECRETS = ['4111111111111111', '987654', 'ann@example.org']
const AT = Date.UTC(2026, 0, 5)
const places = new LogPlaces()
const place = ['--log', places.empty()]

function payment(token: string, more: object = {}): string {
  const card = { number: SECRETS[0], limit: Number(SECRETS[1]) }
  return JSON.stringify({ token, at: AT, amount: 5, card, email: SECRETS[2], ...more })
}

const LINES = [
  payment('good'),
  payment('same'),
  payment('unlucky', { amount: 13 }),
  payment('misfit', { amount: 'none' }),
  payment('moved', { card: SECRETS[0] }),
  `{"token":"cut","card":{"number":"${SECRETS[0]}`,
]

async function millrace(...args: string[]): Promise<string> {
  const { code, out, err } = await runMain([...args, ...place])
  if (code !== 0) throw new Error(`${args.join(' ')}: ${err}`)
  return out
}

beforeAll(async () => {
  const input = LINES.map((line) => `${line}\n`).join('')
  const { code, err } = await runMain(['topics', 'write', 'payments', '--end', ...place], input)
  if (code !== 0) throw new Error(err)
  await millrace('run', FILE, '--until-end')
})
afterAll(() => places.remove())

describe('what a stream redacts', () => {
  it('is in no dead letter, whether its event is wrong, is no JSON, or a model fails on it', async () => {
    const letters = await millrace('topics', 'tail', 'redacts.dead-letters', '--all', '--json')
    expect(letters.trim().split('\n')).toHaveLength(4)
    for (const secret of SECRETS) expect(letters).not.toContain(secret)
    const misfit = letters
      .split('\n')
      .map((line) => (line === '' ? {} : JSON.parse(JSON.parse(line).value)))
      .find(({ token }) => token === 'misfit')
    expect(misfit).toMatchObject({
      amount: 'none',
      at: AT,
      email: expect.stringMatching(/^redacted:[\w-]{22}$/),
    })
  })

  it('is in no receipt, equal values look equal, and the model saw what came', async () => {
    const good = await millrace('explain', 'good', '--json')
    const same = await millrace('explain', 'same', '--json')
    for (const secret of SECRETS) expect(good).not.toContain(secret)
    const [{ features, outputs }] = JSON.parse(good)
    expect(features).toMatchObject({
      amount: 5,
      count: 1,
      number: expect.stringMatching(/^redacted:/),
      email: expect.stringMatching(/^redacted:/),
    })
    expect(features.limit ?? undefined).toBeUndefined()
    expect(outputs).toEqual({ score: Number(SECRETS[1]) + SECRETS[0].length + SECRETS[2].length })
    expect(JSON.parse(same)[0].features.number).toBe(features.number)
  })

  it('does not keep a prediction from being replayed, bit for bit', async () => {
    expect(await millrace('replay', 'good')).toContain('every bit is the same')
  })

  it('is said by the plan', async () => {
    expect(await millrace('plan', FILE)).toMatch(/redacts +card.number, card.limit, email/)
  })

  it('is whole again in a retry, which takes the event from where it lies', async () => {
    // Of four letters the events of three are still wrong.
    expect(await millrace('dead-letters', 'retry', '--yes')).toContain(
      '1 of 4 dead letters were written again',
    )
    const all = await millrace('topics', 'tail', 'payments', '--all', '--json')
    const values = all
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).value)
    expect(values).toEqual([...LINES, payment('unlucky', { amount: 13 })])
  })
})
