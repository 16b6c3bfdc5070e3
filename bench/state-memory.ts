// What the state of the windows of fraud-windows takes in memory, over the payments of that job: node bench/state-memory.ts [payments].
// The bound counts every event of the longest window and every key; the state may keep no more than that calls for.
import { murmur2 } from '../src/base/murmur2.ts'
import type { Column } from '../src/contracts/columns.ts'
import { StateMemory } from '../src/engine/state/memory.ts'
import type { KeyedRows, SetBatch } from '../src/engine/state/set-batch.ts'
import { SetState } from '../src/engine/state/set-state.ts'
import { PAYMENTS, paymentColumns } from './fraud-windows/payments.ts'
import { paymentsSet } from './payments-set.ts'

const ROWS = 2048
const KEY_BYTES = 16
const WINDOW_MS = 30 * 86_400_000
/** A time and a value. */
const EVENT_BYTES = 16
const EVENT_FACTOR = 1.5
const A_KEY_BYTES = 64

export interface StateMemoryResult {
  readonly keys: number
  /** Events of the longest window, at the moment of the least room. */
  readonly inWindow: number
  /** Bytes of keys and windows. */
  readonly usedBytes: number
  /** Of all that is set apart for them, what has not been used yet included. */
  readonly bytes: number
  /** What it may be. */
  readonly bound: number
}

/** Of the batch after which what is used comes nearest to the bound, in the last half of the payments. */
export async function measureStateMemory(payments: number): Promise<StateMemoryResult> {
  const { time, customer, amount } = await paymentColumns()
  const memory = new StateMemory()
  const state = new SetState(memory, paymentsSet(), {
    slackMs: 0,
    inputKinds: ['number', 'number', 'number'],
    tasks: 1,
  })
  const rows = new Rows()
  const outputs: Column[] = []
  const batch: SetBatch = {
    order: Int32Array.from({ length: ROWS }, (_, i) => i),
    count: ROWS,
    updates: undefined,
    rows: rows.rows,
    rowCount: ROWS,
  }
  let worst: StateMemoryResult | undefined
  let oldest = 0
  for (let from = 0; from + ROWS <= payments; from += ROWS) {
    rows.take({ time, customer, amount }, from)
    state.process(batch, outputs)
    memory.takeDelta()
    const last = from + ROWS
    while (time[oldest] <= time[last - 1] - WINDOW_MS) oldest++
    if (last < payments / 2) continue
    const { keys, usedBytes } = state
    const inWindow = last - oldest
    const bound = EVENT_FACTOR * EVENT_BYTES * inWindow + A_KEY_BYTES * keys
    if (worst === undefined || usedBytes / bound > worst.usedBytes / worst.bound)
      worst = { keys, inWindow, usedBytes, bytes: memory.bytes, bound }
  }
  if (worst === undefined)
    throw new Error(`expected at least ${2 * ROWS} payments; found ${payments}`)
  return worst
}

type Payments = Readonly<Record<'time' | 'customer' | 'amount', Float64Array>>

class Rows {
  readonly rows: KeyedRows
  readonly #amounts = new Float64Array(ROWS)

  constructor() {
    const column: Column = { kind: 'number', values: this.#amounts, marks: undefined }
    this.rows = {
      keys: new Uint8Array(ROWS * KEY_BYTES),
      keyEnds: new Uint32Array(ROWS + 1),
      hashes: new Uint32Array(ROWS),
      times: new Float64Array(ROWS),
      mergeTimes: new Float64Array(ROWS),
      inputs: [column, column, column],
    }
  }

  take({ time, customer, amount }: Payments, from: number): void {
    const { rows } = this
    let at = 0
    for (let i = 0; i < ROWS; i++) {
      const key = Buffer.from(String(customer[from + i]))
      rows.keys.set(key, at)
      at += key.length
      rows.keyEnds[i + 1] = at
      rows.hashes[i] = murmur2(key)
      rows.times[i] = rows.mergeTimes[i] = time[from + i]
      this.#amounts[i] = amount[from + i]
    }
  }
}

if (import.meta.main) {
  const result = await measureStateMemory(Number(process.argv[2] ?? PAYMENTS))
  const { keys, inWindow, usedBytes, bytes, bound } = result
  console.log(
    `${keys.toLocaleString('en')} keys, ${inWindow.toLocaleString('en')} events in the longest window: ${(usedBytes / 1e6).toFixed(1)} MB used, ${(bytes / 1e6).toFixed(1)} MB set apart; bound ${(bound / 1e6).toFixed(1)} MB`,
  )
}
