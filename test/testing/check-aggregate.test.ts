import { describe, expect, it } from 'vitest'
import type { UserAggregate } from '../../src/index.ts'
import { checkAggregate } from '../../src/testing/index.ts'

/** How often, and the sum. */
const good: UserAggregate = {
  name: 'good',
  width: 2,
  takesValue: true,
  empty(state, at) {
    state[at] = state[at + 1] = 0
  },
  add(state, at, value) {
    state[at] += 1
    state[at + 1] += value
  },
  merge(into, at, from, fromAt) {
    into[at] += from[fromAt]
    into[at + 1] += from[fromAt + 1]
  },
  value: (state, at) => state[at + 1] / Math.max(1, state[at]),
}

describe('checkAggregate', () => {
  it('takes an aggregate that keeps the laws', () => {
    expect(() => checkAggregate(good)).not.toThrow()
  })

  const broken: readonly (readonly [string, Partial<UserAggregate>, string])[] = [
    [
      'merges to something else than adding does',
      {
        merge: (into, at, from, fromAt) => {
          into[at] += from[fromAt]
          into[at + 1] = Math.max(into[at + 1], from[fromAt + 1])
        },
        add: (state, at, value) => {
          state[at] += 1
          state[at + 1] += Math.abs(value)
        },
      },
      "aggregate 'good' must be one that merges parts, (a b) c, to what adding all of them gives",
    ],
    [
      'is not neutral when it is empty',
      { empty: (state, at) => void (state[at] = state[at + 1] = 1) },
      'keeps its bits when nothing is merged into it',
    ],
    [
      'writes beside its place',
      { add: (state, at, value) => void (state[at + 2] = value) },
      'must touch only state[at .. at + width); found a write beside it',
    ],
    [
      'changes what it merges',
      {
        merge: (into, at, from, fromAt) => {
          into[at] += from[fromAt]
          into[at + 1] += from[fromAt + 1]
          from[fromAt] = -1
        },
      },
      'leaves what it merges as it is',
    ],
    [
      'adds all at once to other bits',
      { addAll: (state, at, _values, count) => void (state[at] += count + 1) },
      'has the bits of add when it adds all at once',
    ],
    ['asks for chance', { value: () => Math.random() }, 'found Math.random()'],
    ['reads the clock', { value: () => Date.now() }, 'found Date.now()'],
  ]

  it.each(broken)('refuses one that %s, and says so', (_, fields, message) => {
    expect(() => checkAggregate({ ...good, ...fields })).toThrow(message)
  })
})
