import { describe, expect, it } from 'vitest'
import { sameSelector } from '../../src/engine/same-selector.ts'
import { selector } from '../../src/schema/selector.ts'

interface Order {
  o: { p: number }
}

describe('two functions', () => {
  it('are the same where they are one plain path', () => {
    expect(
      sameSelector(
        selector((x: Order) => x.o.p),
        selector((y: Order) => y.o.p),
      ),
    ).toBe(true)
  })

  it('are not where one of them fails on a missing object and the other does not', () => {
    expect(
      sameSelector(
        selector((x: Order) => x.o.p),
        selector((x: Partial<Order>) => x.o?.p),
      ),
    ).toBe(false)
  })
})
