import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Idle } from '../../../src/engine/exchange/block-format.ts'
import type { Lane, LanePosition } from '../../../src/engine/exchange/lane.ts'
import { merge, Merged } from '../../../src/engine/exchange/merge.ts'
import { blockOf, laneOf, linesOf, scenarios, type LaneRow, type Scenario } from './lane-rows.ts'

const HOLDS = [Infinity, Infinity, Infinity]

function lanesOf({ lanes }: Scenario, from?: readonly LanePosition[]): Lane[] {
  return lanes.map(({ input }, i) => laneOf(input, i, from?.[i]))
}

/** Pushes the next block of a lane that still has one, the `pick`-th of them. */
function fetchOne({ lanes }: Scenario, into: readonly Lane[], pick: number): boolean {
  const open = into.filter((lane, i) => lane.fetchOffset < lanes[i].blocks.length)
  if (open.length === 0) return false
  const lane = open[pick % open.length]
  lane.push(lane.fetchOffset, lanes[lane.partition].blocks[lane.fetchOffset])
  return true
}

interface Steps {
  readonly limits: readonly number[]
  readonly picks: readonly number[]
  /** At which merges everything is forgotten but the positions. */
  readonly crashes: readonly boolean[]
}

const steps: fc.Arbitrary<Steps> = fc.record({
  limits: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 10 }),
  picks: fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
  crashes: fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
})

/** Everything a scenario gives when it is fetched, merged and cut short as the steps say. */
function run(scenario: Scenario, { limits, picks, crashes }: Steps, restart: boolean): string[] {
  let lanes = lanesOf(scenario)
  const merged = new Merged(3, 20)
  const lines: string[] = []
  let idle = false
  for (let i = 0; !idle; i++) {
    const fetched = fetchOne(scenario, lanes, picks[i % picks.length])
    merge(
      lanes,
      { waits: HOLDS, behind: Infinity, now: 0, limit: limits[i % limits.length] },
      merged,
    )
    lines.push(...linesOf(merged))
    idle = !fetched && merged.count === 0
    const positions = lanes.map((lane) => lane.position())
    if (restart && !idle && i < 100 && crashes[i % crashes.length])
      lanes = lanesOf(scenario, positions)
  }
  return lines
}

describe('a merge of lanes', () => {
  it('is all rows sorted by time, input, partition and offset, however they are cut and fetched', () => {
    fc.assert(
      fc.property(scenarios, steps, (scenario, how) => {
        expect(run(scenario, how, false)).toEqual(scenario.sorted)
      }),
      { numRuns: 400 },
    )
  })

  it('goes on exactly where it stood, when only the positions are kept, at any time', () => {
    fc.assert(
      fc.property(scenarios, steps, (scenario, how) => {
        expect(run(scenario, how, true)).toEqual(scenario.sorted)
      }),
      { numRuns: 400 },
    )
  })

  it('keeps the order among inputs that hold, whatever those that do not bring', () => {
    fc.assert(
      fc.property(scenarios, steps, fc.nat({ max: 2 }), (scenario, { limits, picks }, loose) => {
        const waits = HOLDS.map((_, input) => (input === loose ? 0 : Infinity))
        const lanes = lanesOf(scenario)
        const merged = new Merged(3, 20)
        const lines: string[] = []
        for (let i = 0; ; i++) {
          const fetched = fetchOne(scenario, lanes, picks[i % picks.length])
          merge(
            lanes,
            { waits, behind: Infinity, now: 0, limit: limits[i % limits.length] },
            merged,
          )
          lines.push(...linesOf(merged))
          if (!fetched && merged.count === 0) break
        }
        const held = (line: string): boolean => line.split(' ')[1] !== String(loose)
        expect(lines.filter(held)).toEqual(scenario.sorted.filter(held))
        expect(lines.toSorted()).toEqual(scenario.sorted.toSorted())
      }),
    )
  })
})

const row = (mergeTime: number, offset = mergeTime): LaneRow => ({
  key: 'k',
  mergeTime,
  partition: 0,
  offset,
})

/** Two lanes: `rows` of input 1, and an empty one of input `rank` that stands at `bound`. */
function passing(
  rank: number,
  of: { bound: number; idle?: Idle; wait?: number; now?: number; limit?: number },
): [passed: number, heldMs: number] {
  const rows = laneOf(1, 0)
  rows.push(0, blockOf([row(1), row(2), row(3)], 3), { arrived: 100 })
  const empty = laneOf(rank, 1)
  empty.push(0, blockOf([], of.bound, of.idle))
  const merged = new Merged(3, 10)
  const { wait = Infinity, now = 100, limit = 10 } = of
  const waits = [0, 1, 2].map((input) => (input === rank ? wait : Infinity))
  const heldMs = merge([rows, empty], { waits, behind: Infinity, now, limit }, merged)
  return [merged.count, heldMs]
}

describe('an empty lane that holds', () => {
  it('lets rows pass that come before all it may bring, and no other', () => {
    expect(passing(0, { bound: 2 })[0]).toBe(1)
    expect(passing(1, { bound: 2 })[0]).toBe(1)
    expect(passing(2, { bound: 2 })[0]).toBe(2)
    expect(passing(0, { bound: -Infinity })[0]).toBe(0)
    expect(passing(0, { bound: Infinity })[0]).toBe(3)
  })

  it('holds nothing back when it is idle, or when its input does not hold', () => {
    expect(passing(0, { bound: 2, idle: 'idle' })[0]).toBe(3)
    expect(passing(0, { bound: 2, idle: 'live' })[0]).toBe(3)
    expect(passing(0, { bound: 2, wait: 0 })[0]).toBe(3)
  })

  it('holds a row back for as long as its input waits, from when the row arrived, and says how long that still is', () => {
    expect(passing(0, { bound: 2, wait: 30, now: 100 })).toEqual([1, 30])
    expect(passing(0, { bound: 2, wait: 30, now: 129 })).toEqual([1, 1])
    expect(passing(0, { bound: 2, wait: 30, now: 130 })).toEqual([3, Infinity])
    expect(passing(0, { bound: 2, now: 1e12 })).toEqual([1, Infinity])
  })
})

describe('the position of a lane', () => {
  it('says the same before its block is fetched again as after', () => {
    const lane = laneOf(1, 0)
    lane.push(4, blockOf([row(1), row(2), row(3)], 3))
    lane.take(2)
    const position = lane.position()
    expect(position).toEqual({ offset: 4, row: 2, bound: 3, idle: false })
    const again = laneOf(1, 0, position)
    expect(again.position()).toEqual(position)
    again.push(4, blockOf([row(1), row(2), row(3)], 3))
    expect(again.position()).toEqual(position)
    again.take(1)
    expect(again.position()).toEqual({ offset: 5, row: 0, bound: 3, idle: false })
  })

  it('passes blocks without rows and keeps the furthest bound', () => {
    const lane = laneOf(1, 0)
    lane.push(0, blockOf([], 9))
    lane.push(1, blockOf([], 7, 'live'))
    expect(lane.position()).toEqual({ offset: 2, row: 0, bound: 9, idle: 'live' })
    lane.push(2, blockOf([row(11)], 11))
    expect(lane.position()).toEqual({ offset: 2, row: 0, bound: 11, idle: false })
  })

  it('is not taken by a block of another layout', () => {
    const other = laneOf(0, 0)
    const block = blockOf([row(1)], 1)
    block[24] ^= 1
    expect(() => other.push(0, block)).toThrow(/another layout/)
  })
})
