// Errors: what a caller can ask of one, whichever part threw it.
import { expect, it } from 'vitest'
import { assert } from '../../src/base/assert.ts'
import { DefinitionError, EventError, MillraceError } from '../../src/base/errors.ts'

it('an error has the name and the code of its class, and may not be tried again unless it says so', () => {
  expect(new DefinitionError('x')).toMatchObject({
    name: 'DefinitionError',
    code: 'ML_DEFINITION',
    retryable: false,
  })
  expect(new EventError('x')).toMatchObject({ name: 'EventError', code: 'ML_EVENT' })
  expect(new MillraceError('ML_CONNECTION', 'x', { retryable: true }).retryable).toBe(true)
})

it('a broken invariant of Millrace itself is told as one, with where it broke', () => {
  expect(() => assert(true, 'one and one are two')).not.toThrow()
  expect(() => assert(false, 'one and one are two', { row: 7 })).toThrow(
    expect.objectContaining({
      name: 'StateError',
      code: 'ML_INTERNAL',
      message: 'broken invariant: one and one are two',
      details: { row: 7 },
    }),
  )
})
