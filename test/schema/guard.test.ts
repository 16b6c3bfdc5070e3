import { expect, it } from 'vitest'
import { guarded, installGuard } from '../../src/schema/guard.ts'

function closed(): void {
  expect(() => guarded(() => Date.now())).toThrow('give the same value each time')
  expect(() => guarded(() => Math.random())).toThrow('give the same value each time')
  expect(guarded(() => 5)).toBe(5)
}

it('one guarded call finds clock and randomness closed, and leaves both as they were', () => {
  const { Date: date } = globalThis
  const { random } = Math
  closed()
  expect(globalThis.Date).toBe(date)
  expect(Math.random).toBe(random)
  const guard = installGuard()
  const watched = globalThis.Date
  expect(watched).not.toBe(date)
  closed()
  expect(globalThis.Date).toBe(watched)
  expect(installGuard()).toBe(guard)
})
