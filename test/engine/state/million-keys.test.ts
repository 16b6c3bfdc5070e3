import { describe, expect, it } from 'vitest'
import { murmur2 } from '../../../src/base/murmur2.ts'
import type { Column } from '../../../src/contracts/columns.ts'
import { StateMemory } from '../../../src/engine/state/memory.ts'
import type { KeyedRows } from '../../../src/engine/state/set-batch.ts'
import { SetState } from '../../../src/engine/state/set-state.ts'
import { count } from '../../../src/features/count.ts'
import { setPlan, windowFeature } from './set-fixture.ts'

const BATCH = 4096
const ORDER = Int32Array.from({ length: BATCH }, (_, i) => i)
const BUDGET = 1_000_000

/** Rows of keys from..from + BATCH, a key a ms. */
function rowsFrom(from: number): KeyedRows {
  const keys = Buffer.allocUnsafe(BATCH * 8)
  const keyEnds = Uint32Array.from({ length: BATCH + 1 }, (_, i) => i * 8)
  const times = new Float64Array(BATCH)
  const hashes = new Uint32Array(BATCH)
  for (let i = 0; i < BATCH; i++) {
    keys.writeDoubleLE(from + i, i * 8)
    hashes[i] = murmur2(keys, i * 8, i * 8 + 8)
    times[i] = from + i
  }
  return { keys, keyEnds, hashes, times, mergeTimes: times, inputs: [] }
}

describe('a million keys', () => {
  const budget = { keys: BUDGET, bytes: undefined, then: 'evict-oldest' as const }
  const cases = [
    { title: 'under a budget', more: { budget } },
    { title: 'under a time to live', more: { keepMs: BUDGET - 1 } },
  ]

  it.each(cases)('$title take their room once, however many come', ({ more }) => {
    const memory = new StateMemory()
    const plan = setPlan([windowFeature(count, undefined, { overMs: 1000, hopMs: 1000 })], more)
    const state = new SetState(memory, plan, {
      slackMs: 0,
      inputKinds: [],
      tasks: 1,
    })
    const outputs: Column[] = []
    const rows = (updates: KeyedRows): void =>
      state.process(
        { order: ORDER, count: BATCH, updates: undefined, rows: updates, rowCount: BATCH },
        outputs,
      )
    let keys = 0
    for (; keys < BUDGET + BATCH; keys += BATCH) rows(rowsFrom(keys))
    const bytes = memory.bytes
    for (; keys < 1.25 * BUDGET; keys += BATCH) rows(rowsFrom(keys))
    expect(state.keys).toBe(BUDGET)
    const { expired, evicted } = state.counts
    expect(state.counts.keys).toBe(BUDGET)
    expect(expired + evicted).toBe(keys - BUDGET)
    expect(memory.bytes).toBe(bytes)
    expect(state.usedBytes / BUDGET).toBeLessThan(250)
  })
})
