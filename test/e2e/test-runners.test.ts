// `millrace/testing` in a project as a user has it, under Vitest and under Node's own runner: both pass what holds, and tell what does not.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { pageFolder, ROOT } from '../docs/page-folder.ts'

const folder = pageFolder()
afterAll(() => folder.remove())

const CASES = `
import { events, simulate } from 'millrace/testing'
import scoring, { payments } from './fraud.ts'

const first = { id: 'p1', card: 'a', amount: 12, at: '2026-01-05T09:00:00Z' }

it('holds', async () => {
  const run = await simulate(scoring, [events(payments, [first])])
  run.expectTopic('scores', [{ id: 'p1' }])
})

it('does not hold', async () => {
  const run = await simulate(scoring, [events(payments, [first])])
  run.expectTopic('scores', [{ id: 'p2' }])
})
`

/** What both say of the second case. */
const TOLD = [
  "topic 'scores': expected 1 record, found 1",
  "id: expected 'p2', found 'p1'",
  `from event 0 of 'payments': {"id":"p1","card":"a","amount":12,"at":"2026-01-05T09:00:00Z"}`,
]

describe.each(['vitest', 'node:test'])('a test under %s', (runner) => {
  it('passes where expectations hold, and says field by field what differs', async () => {
    folder.write('fraud.ts', readFileSync(join(ROOT, 'examples/payments/payments.ts'), 'utf8'))
    const name = `${runner.replace(':', '-')}.test.ts`
    const module = `import { it } from '${runner}'\n${CASES}`
    folder.write(name, module)
    const { code, text } = await folder.module(name, module)
    expect(code).not.toBe(0)
    for (const line of TOLD) expect(text).toContain(line)
    expect(text).toMatch(/(?:✔|✓) holds|1 passed/)
  })
})
