// The Handbook's twelve windows: the state of both sets over all payments, and the whole pipeline over those of some customers and
// terminals (`node bench/handbook.ts` runs it over all of them).
import { describe, expect, it } from 'vitest'
import { murmur2 } from '../../src/base/murmur2.ts'
import type { Column } from '../../src/contracts/columns.ts'
import { StateMemory } from '../../src/engine/state/memory.ts'
import { SetState } from '../../src/engine/state/set-state.ts'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import type { SetUse } from '../../src/pipeline/plan.ts'
import { events, simulate } from '../../src/testing/index.ts'
import { missing, readGolden, readPayments, ROWS, type Payments } from './golden.ts'
import handbook, { FEATURES, payments as stream } from '../e2e/pipelines/handbook.ts'

const BATCH_ROWS = 4_096

describe.skipIf(missing)(
  `the twelve windows of 1.5 million payments${missing ? ' (skipped: no shared/data/fraud)' : ''}`,
  () => {
    it('have the counts of the Handbook, and its means and shares within 1e-9, on every row', async () => {
      const payments = await readPayments()
      const uses = planOf(handbook).stages.flatMap(({ own }) => own)
      expect(uses.map(({ as }) => as)).toEqual(['customer', 'at'])
      const keys = ['customer', 'terminal'] as const
      const found = []
      for (const [i, use] of uses.entries()) found.push(await worst(use, payments, keys[i]))
      expect(found.map(({ keysKept, countsDiffer }) => ({ keysKept, countsDiffer }))).toEqual([
        { keysKept: 4_989, countsDiffer: 0 },
        { keysKept: 10_000, countsDiffer: 0 },
      ])
      for (const { difference } of found) expect(difference).toBeLessThan(1e-9)
    }, 240_000)

    it('come out of the pipeline as they are in the Handbook, for all payments of some customers and terminals', async () => {
      const payments = await readPayments()
      const ofCustomer = (row: number): boolean => payments.customer[row] < 12
      const atTerminal = (row: number): boolean => payments.terminal[row] < 25
      const rows = Array.from({ length: ROWS }, (_, row) => row).filter(
        (row) => ofCustomer(row) || atTerminal(row),
      )
      const { topics } = await simulate(handbook, [
        events(
          stream,
          rows.map((row) => eventOf(payments, row)),
        ),
      ])
      const byId = new Map(topics['features'].map(({ value }) => [idOf(value), value]))
      const golden = await readGolden(FEATURES.map(([, name]) => name))
      const worstOf = new Map<string, number>()
      let compared = 0
      for (const row of rows) {
        const value = byId.get(payments.id[row])
        FEATURES.forEach(([name], i) => {
          // Of others not all payments were given.
          if (!(name.startsWith('at') ? atTerminal(row) : ofCustomer(row))) return
          const difference = Math.abs(numberOf(value, name) - golden[i][row])
          worstOf.set(name, Math.max(worstOf.get(name) ?? 0, difference))
          compared++
        })
      }
      for (const [name, difference] of worstOf)
        expect({ name, holds: difference <= (name.includes('ount') ? 0 : 1e-9) }).toEqual({
          name,
          holds: true,
        })
      expect(rows.length).toBeGreaterThan(5_000)
      expect(compared).toBeGreaterThan(6 * rows.length - 100)
    }, 240_000)
  },
)

/** How far the features of a set, over all payments, are from the Handbook's. */
async function worst(
  { set, names }: SetUse,
  payments: Payments,
  key: 'customer' | 'terminal',
): Promise<{ keysKept: number; countsDiffer: number; difference: number }> {
  const golden = await readGolden(names.map((name) => new Map(FEATURES).get(name) ?? name))
  const inputKinds = set.features.flatMap((each) =>
    each.kind === 'window' && each.of !== undefined ? [each.takes] : [],
  )
  // Kept for ever, so that the number of keys says whether all of them were seen.
  const plan = { ...set, keepMs: undefined }
  const state = new SetState(new StateMemory(), plan, { slackMs: 0, inputKinds, tasks: 1 })
  const outputs: Column[] = []
  const order = Int32Array.from({ length: BATCH_ROWS }, (_, i) => i)
  let countsDiffer = 0
  let difference = 0
  for (let from = 0; from < ROWS; from += BATCH_ROWS) {
    const to = Math.min(ROWS, from + BATCH_ROWS)
    const times = payments.time.subarray(from, to)
    const input: Column =
      key === 'customer'
        ? { kind: 'number', values: payments.amount.subarray(from, to), marks: undefined }
        : {
            kind: 'boolean',
            values: Uint8Array.from(payments.fraud.subarray(from, to)),
            marks: undefined,
          }
    const inputs = inputKinds.map(() => input)
    const rows = { ...keysOf(payments[key].subarray(from, to)), times, mergeTimes: times, inputs }
    const rowCount = to - from
    state.process({ order, count: rowCount, updates: undefined, rowCount, rows }, outputs)
    outputs.forEach((output, feature) => {
      if (output.kind !== 'number') throw new Error('a window is a number')
      for (let row = from; row < to; row++) {
        const off = Math.abs(output.values[row - from] - golden[feature][row])
        if (!names[feature].includes('ount')) difference = Math.max(difference, off)
        else if (off !== 0) countsDiffer++
      }
    })
  }
  return { keysKept: state.keys, countsDiffer, difference }
}

function keysOf(numbers: Float64Array): {
  keys: Uint8Array
  keyEnds: Uint32Array
  hashes: Uint32Array
} {
  const keys = Buffer.alloc(numbers.length * 8)
  const keyEnds = new Uint32Array(numbers.length + 1)
  const hashes = new Uint32Array(numbers.length)
  numbers.forEach((number, i) => {
    keyEnds[i + 1] = keyEnds[i] + keys.write(String(number), keyEnds[i])
    hashes[i] = murmur2(keys, keyEnds[i], keyEnds[i + 1])
  })
  return { keys, keyEnds, hashes }
}

function eventOf(payments: Payments, row: number) {
  const { id, time, customer, terminal, amount, fraud } = payments
  return {
    id: id[row],
    at: time[row],
    customer: customer[row],
    terminal: terminal[row],
    amount: amount[row],
    fraud: fraud[row] === 1,
  }
}

function idOf(value: unknown): number {
  return numberOf(value, 'id')
}

function numberOf(value: unknown, name: string): number {
  const found: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, name) : NaN
  if (typeof found !== 'number') throw new Error(`a row has no number ${name}`)
  return found
}
