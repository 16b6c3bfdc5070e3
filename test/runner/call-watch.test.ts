import { writeSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CallDeadline } from '../../src/runner/versions/call-deadline.ts'
import { closeSlot, openSlot, SlotReader, SlotWriter } from '../../src/runner/versions/call-slot.ts'

const CALL = { sequence: 1, active: true, task: 0, model: 0, commit: 1, rows: 1 }

describe('the deadline of a call', () => {
  it('is over once the same call was seen for longer than that', () => {
    const deadline = new CallDeadline(20)
    const looks = Array.from({ length: 7 }, () => deadline.look(CALL, 20, 100))
    expect(looks).toEqual([false, false, false, false, false, false, true])
  })

  it('begins anew with every call, and does not run between calls', () => {
    const deadline = new CallDeadline(20)
    for (let sequence = 1; sequence < 100; sequence += 2) {
      expect(deadline.look({ ...CALL, sequence }, 20, 30)).toBe(false)
      expect(deadline.look({ ...CALL, sequence }, 20, 30)).toBe(false)
    }
    const over = { ...CALL, sequence: 100, active: false }
    for (let i = 0; i < 100; i++) expect(deadline.look(over, 20, 30)).toBe(false)
  })

  it('counts no time in which the supervisor did not run: a machine that was suspended ends nobody', () => {
    const deadline = new CallDeadline(20)
    deadline.look(CALL, 20, 100)
    expect(deadline.look(CALL, 3_600_000, 100)).toBe(false)
    expect(deadline.look(CALL, 20, 100)).toBe(false)
    expect(deadline.look(CALL, 3_600_000, 100)).toBe(false)
  })
})

describe('the slot of a worker', () => {
  it('says nothing before the first call, then which call it is in and the places of its rows', () => {
    const descriptor = openSlot()
    const reader = new SlotReader(descriptor)
    const writer = new SlotWriter(descriptor)
    expect(reader.read()).toBeUndefined()
    for (const rows of [3, 1000, 0, 1]) {
      const partitions = Float64Array.from({ length: rows }, (_, i) => i % 3)
      const offsets = Float64Array.from({ length: rows }, (_, i) => 2 ** 40 + i)
      writer.begin({ task: 7, model: 1, commit: 9, partitions, offsets })
      const call = reader.read()
      expect(call).toMatchObject({ active: true, task: 7, model: 1, commit: 9, rows })
      if (call !== undefined)
        expect(reader.places(call)).toEqual(
          Array.from({ length: rows }, (_, i) => [i % 3, 2 ** 40 + i]),
        )
      writer.end()
      expect(reader.read()?.active).toBe(false)
    }
    expect(reader.read()?.sequence).toBe(8)
    closeSlot(descriptor)
  })

  it('says nothing where the worker is in the middle of a write', () => {
    const descriptor = openSlot()
    writeSync(descriptor, Float64Array.of(2, 1, 0, 0, 0, 0, 1), 0, 56, 0)
    expect(new SlotReader(descriptor).read()).toBeUndefined()
    closeSlot(descriptor)
  })
})
