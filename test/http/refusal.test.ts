// What a client reads when it is refused.
import { expect, it } from 'vitest'
import { Refused, refusalOf } from '../../src/http/refusal.ts'

it('whoever sends more than is taken is told to come back, and when', () => {
  const refusal = refusalOf(new Refused(429, 'too much at once', { retryAfterSeconds: 3 }))
  expect(refusal).toMatchObject({
    status: 429,
    headers: { 'retry-after': '3' },
    body: { error: { code: 'ML_BUSY', message: 'too much at once', retryable: true } },
  })
})

it('an error that nobody foresaw says nothing of itself', () => {
  expect(JSON.stringify(refusalOf(new Error('card 4711')))).not.toContain('4711')
})
