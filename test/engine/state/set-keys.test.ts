import { describe, expect, it } from 'vitest'
import { murmur2 } from '../../../src/base/murmur2.ts'
import type { Column } from '../../../src/contracts/columns.ts'
import { StateMemory } from '../../../src/engine/state/memory.ts'
import type { KeyedRows } from '../../../src/engine/state/set-batch.ts'
import { SetState } from '../../../src/engine/state/set-state.ts'
import { count } from '../../../src/features/count.ts'
import { KINDS, NAMES, OTHERS } from './set-cases.ts'
import {
  inputPaths,
  openSet,
  path,
  run,
  setPlan,
  windowFeature,
  type SetCase,
  type Step,
} from './set-fixture.ts'

describe('keys of a feature set', () => {
  const one = (key: string, time: number, kind: Step['kind'] = 'own'): Step => ({
    kind,
    key,
    time,
    mergeTime: time,
    values: [1, true, 'x'],
  })
  const plan = (more: Parameters<typeof setPlan>[1]): SetCase => ({
    plan: setPlan([windowFeature(count, undefined, { overMs: 100 }), ...OTHERS], more),
    slackMs: 10,
    kinds: KINDS,
    names: NAMES,
  })

  it('are let go once the merge time has passed their last update by keep and slack, and their room is taken again', () => {
    const of = plan({ keepMs: 100 })
    const memory = new StateMemory()
    const state = openSet(memory, of)
    run(state, of, [one('a', 1_000), one('b', 1_050), one('c', 1_110)], 1)
    expect(state.keys).toBe(3)
    expect(run(state, of, [one('a', 1_111, 'read')], 1)[0]).toEqual([
      0,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(state.keys).toBe(2)
    const bytes = memory.bytes
    for (let i = 0; i < 1_000; i++)
      run(state, of, [one(`key ${i}, longer than sixteen bytes`, 2_000 + i * 200)], 1)
    expect(state.keys).toBe(1)
    expect(state.counts).toEqual({ keys: 1, expired: 1_002, evicted: 0 })
    expect(memory.bytes - bytes).toBeLessThan(4_096)
  })

  it('beyond the budget push out the one updated longest ago', () => {
    const of = plan({ budget: { keys: 2, bytes: undefined, then: 'evict-oldest' } })
    const state = openSet(new StateMemory(), of)
    const lines = run(
      state,
      of,
      [
        one('a', 1),
        one('b', 2),
        one('a', 3),
        one('c', 4),
        one('b', 5, 'read'),
        one('a', 5, 'read'),
      ],
      1,
    )
    expect(lines.map((line) => line[0])).toEqual([1, 1, 2, 1, 0, 2])
    expect(state.counts).toEqual({ keys: 2, expired: 0, evicted: 1 })
  })

  it('share the budget among the tasks of their stage', () => {
    const { plan: own, ...of } = plan({ budget: { keys: 9, bytes: undefined, then: 'stop' } })
    const state = new SetState(new StateMemory(), own, {
      slackMs: of.slackMs,
      inputKinds: inputPaths(own).map((name) => KINDS[name]),
      tasks: 4,
    })
    run(state, { plan: own, ...of }, [one('a', 1), one('b', 2)], 1)
    expect(() => run(state, { plan: own, ...of }, [one('c', 3)], 1)).toThrow('at most 2 keys')
  })

  it('beyond the budget stop the task when the policy says so', () => {
    const of = plan({ budget: { keys: undefined, bytes: 400, then: 'stop' } })
    const state = openSet(new StateMemory(), of)
    expect(() =>
      run(
        state,
        of,
        Array.from({ length: 20 }, (_, i) => one(`k${i}`, i)),
        5,
      ),
    ).toThrow(/at most any number of keys and 400 bytes/)
  })

  it('give back the room of a burst', () => {
    const of = plan({})
    const state = openSet(new StateMemory(), of)
    run(state, of, [one('a', 1), one('a', 500)], 1)
    const bytes = state.usedBytes
    run(
      state,
      of,
      Array.from({ length: 5_000 }, (_, i) => one('a', 1_000 + i / 100)),
      100,
    )
    expect(state.usedBytes).toBeGreaterThan(50 * bytes)
    run(
      state,
      of,
      Array.from({ length: 20 }, (_, i) => one('a', 2_000 + i * 200)),
      1,
    )
    expect(state.usedBytes).toBe(bytes)
  })

  it('count an event that is too late for every window, and take it nowhere', () => {
    const of = plan({})
    const state = openSet(new StateMemory(), of)
    const late: Step = { ...one('a', 800), mergeTime: 1_000 }
    expect(run(state, of, [one('a', 1_000), late, one('a', 1_001, 'read')], 1)[2][0]).toBe(1)
    expect(state.lateEvents).toBe(1)
  })
})

describe('the newest value of a key', () => {
  it('may be a vector, which outlives the event it came with', () => {
    const plan = setPlan([
      { kind: 'last', name: 'place', of: path('place'), gives: 'vector', keepMs: 5_000 },
    ])
    const state = new SetState(new StateMemory(), plan, {
      slackMs: 0,
      inputKinds: ['vector'],
      tasks: 1,
    })
    const key = Buffer.from('k')
    const rows = (time: number, place: Column | undefined): KeyedRows => ({
      keys: key,
      keyEnds: Uint32Array.of(0, 1),
      hashes: Uint32Array.of(murmur2(key)),
      times: Float64Array.of(time),
      mergeTimes: Float64Array.of(time),
      inputs: place === undefined ? undefined : [place],
    })
    const read = (from: KeyedRows): Column => {
      const outputs: Column[] = []
      state.process(
        { order: Int32Array.of(0), count: 1, updates: undefined, rows: from, rowCount: 1 },
        outputs,
      )
      return outputs[0]
    }
    const values = Float64Array.of(9, 1.5, -2, 0.25, 9)
    read(rows(1, { kind: 'vector', marks: undefined, values, ends: Uint32Array.of(1, 4) }))
    read(
      rows(2_000, { kind: 'vector', marks: Uint8Array.of(1), values, ends: Uint32Array.of(0, 0) }),
    )
    expect(read(rows(5_000, undefined))).toMatchObject({
      values: Float64Array.of(1.5, -2, 0.25),
      ends: Uint32Array.of(0, 3),
      marks: undefined,
    })
    expect(read(rows(5_001, undefined)).marks?.[0]).toBe(1)
  })
})
