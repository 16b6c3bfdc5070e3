// For users' own aggregates: whether one is what the engine takes it for.
import { DefinitionError } from '../base/errors.ts'
import { Prng } from '../base/prng.ts'
import type { UserAggregate } from '../contracts/aggregate.ts'
import { guarded } from '../schema/guard.ts'

/** What `checkAggregate` tries an aggregate with. */
export interface CheckAggregateOptions {
  /** Numbers as the aggregate may meet them. Default: numbers of many sizes and both signs, 0, and the same one often. */
  values?: (random: () => number) => number
  /** How far two ways to add the same events may differ, relative to the greater. Default: 1e-9. */
  tolerance?: number
  /** How many cases are tried. Default: 300. */
  cases?: number
  /** What the cases are drawn from. Default 1. */
  seed?: number
}

const MOST_EVENTS = 40
const BEGIN = 1_790_000_000_000

/**
 * Tries the laws the engine relies on: `empty` is neutral, merging parts in order gives what adding all of them does, however they
 * are grouped; `addAll` has the bits of `add`; only `state[at .. at + width)` is touched; two runs give the same bits; clock and
 * randomness are not asked.
 * @throws DefinitionError that names the law and the events it was broken with.
 * @example
 * checkAggregate({
 *   name: 'product',
 *   width: 1,
 *   takesValue: true,
 *   empty: (state, at) => { state[at] = 1 },
 *   add: (state, at, value) => { state[at] *= value },
 *   merge: (into, at, from, fromAt) => { into[at] *= from[fromAt] },
 *   value: (state, at) => state[at],
 * })
 */
export function checkAggregate(
  aggregate: UserAggregate,
  options: CheckAggregateOptions = {},
): void {
  const { cases = 300, seed = 1 } = options
  const prng = new Prng(seed)
  guarded(() => {
    for (let i = 0; i < cases; i++) new Case(aggregate, options, prng).check()
  })
}

interface Event {
  readonly value: number
  readonly time: number
}

class Case {
  readonly #aggregate: UserAggregate
  readonly #tolerance: number
  readonly #parts: readonly (readonly Event[])[]

  constructor(
    aggregate: UserAggregate,
    { values = anyNumber, tolerance = 1e-9 }: CheckAggregateOptions,
    prng: Prng,
  ) {
    let time = BEGIN
    this.#aggregate = aggregate
    this.#tolerance = tolerance
    this.#parts = [0, 1, 2].map(() =>
      Array.from({ length: prng.below(MOST_EVENTS / 3) }, () => {
        time += prng.below(4) * 1_000
        return { value: aggregate.takesValue ? values(() => prng.next()) : 1, time }
      }),
    )
  }

  check(): void {
    const [a, b, c] = this.#parts.map((part) => this.#fold(part))
    const whole = this.#fold(this.#parts.flat())
    this.#equal('gives the same bits each time it is run', this.#fold(this.#parts.flat()), whole)
    const nothing = this.#fold([])
    this.#equal(
      'keeps its bits when nothing is merged into it',
      this.#merged(whole, nothing),
      whole,
    )
    this.#equal(
      'keeps its bits when it is merged into nothing',
      this.#merged(nothing, whole),
      whole,
    )
    const expected = this.#value(whole)
    for (const [how, state] of [
      ['(a b) c', this.#merged(this.#merged(a, b), c)],
      ['a (b c)', this.#merged(a, this.#merged(b, c))],
    ] as const)
      this.#near(
        `merges parts, ${how}, to what adding all of them gives`,
        this.#value(state),
        expected,
      )
    this.#checkAll(whole)
  }

  #checkAll(whole: Float64Array): void {
    if (this.#aggregate.addAll === undefined) return
    const events = this.#parts.flat()
    const state = this.#fold([])
    this.#aggregate.addAll(
      state,
      1,
      Float64Array.from(events, ({ value }) => value),
      events.length,
    )
    this.#equal('has the bits of add when it adds all at once', state, whole)
  }

  /** A state between two doubles that must stay. */
  #fold(events: readonly Event[]): Float64Array {
    const { width } = this.#aggregate
    const state = new Float64Array(width + 2).fill(OUTSIDE)
    this.#aggregate.empty(state, 1)
    for (const { value, time } of events) this.#aggregate.add(state, 1, value, time)
    return this.#bounded(state)
  }

  #merged(left: Float64Array, right: Float64Array): Float64Array {
    const into = left.slice()
    const from = right.slice()
    this.#aggregate.merge(into, 1, from, 1)
    this.#equal('leaves what it merges as it is', from, right)
    return this.#bounded(into)
  }

  #value(state: Float64Array): number {
    const before = state.slice()
    const value = this.#aggregate.value(state, 1, BEGIN - 1, BEGIN + 200_000)
    this.#equal('leaves its state as it is when its value is read', state, before)
    if (typeof value !== 'number')
      this.#broken(`must give a number as its value; found ${typeof value}`)
    return value
  }

  #bounded(state: Float64Array): Float64Array {
    if (state[0] !== OUTSIDE || state[state.length - 1] !== OUTSIDE)
      this.#broken('must touch only state[at .. at + width); found a write beside it')
    return state
  }

  #equal(law: string, found: Float64Array, expected: Float64Array): void {
    for (let i = 0; i < expected.length; i++)
      if (!Object.is(found[i], expected[i]))
        this.#broken(
          `must be one that ${law}; found ${found[i]} for ${expected[i]} in double ${i - 1}`,
        )
  }

  #near(law: string, found: number, expected: number): void {
    if (Object.is(found, expected)) return
    const scale = Math.max(1, Math.abs(found), Math.abs(expected))
    if (Math.abs(found - expected) <= this.#tolerance * scale) return
    this.#broken(`must be one that ${law}; found ${found} for ${expected}`)
  }

  #broken(what: string): never {
    const events = this.#parts.map((part) => `[${part.map(({ value }) => value).join(', ')}]`)
    throw new DefinitionError(
      `aggregate '${this.#aggregate.name}' ${what}; with the values ${events.join(' ')}; correct the aggregate`,
    )
  }
}

const OUTSIDE = 77

function anyNumber(random: () => number): number {
  const kind = random()
  if (kind < 0.1) return 0
  if (kind < 0.3) return 7
  const size = 10 ** Math.floor(random() * 6 - 2)
  return (random() - 0.5) * size
}
