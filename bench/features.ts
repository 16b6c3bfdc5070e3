// What the keyed state of a feature set costs: nanoseconds of CPU an update and a read of nine features over three windows,
// bytes of delta and of state. Run: node bench/features.ts [events] [part of a case's name]
import { murmur2 } from '../src/base/murmur2.ts'
import { Prng } from '../src/base/prng.ts'
import type { Column } from '../src/contracts/columns.ts'
import type { Selector } from '../src/contracts/selector.ts'
import { StateMemory } from '../src/engine/state/memory.ts'
import type { KeyedRows, SetBatch } from '../src/engine/state/set-batch.ts'
import { SetState } from '../src/engine/state/set-state.ts'
import { count } from '../src/features/count.ts'
import { mean } from '../src/features/mean.ts'
import type { FeaturePlan, SetPlan } from '../src/pipeline/plan.ts'
import { cpuMillis } from './cpu.ts'

const HOUR_MS = 3_600_000
const BATCH_ROWS = 2_048

interface Case {
  readonly name: string
  readonly keys: number
  /** Of the events of a day, the share of the busiest key; the others fall off as Zipf's law. 0: all alike. */
  readonly skew: number
  readonly eventsPerDay: number
  readonly events: number
}

function selector(name: string): Selector {
  return { call: () => undefined, text: `(x) => x.${name}`, path: [name], chained: [] }
}

function plan(): SetPlan {
  const features = [1, 3, 24].flatMap((hours): FeaturePlan[] => {
    const window = { overMs: hours * HOUR_MS, delayMs: 0, hopMs: undefined }
    return [
      {
        kind: 'window',
        name: `count${hours}h`,
        aggregate: count,
        of: undefined,
        takes: 'number',
        length: undefined,
        gives: 'number',
        window,
        otherwise: undefined,
      },
      {
        kind: 'window',
        name: `late${hours}h`,
        aggregate: mean,
        of: selector('late'),
        takes: 'number',
        length: undefined,
        gives: 'number',
        window,
        otherwise: 0,
      },
      {
        kind: 'window',
        name: `delay${hours}h`,
        aggregate: mean,
        of: selector('delay'),
        takes: 'number',
        length: undefined,
        gives: 'number',
        window,
        otherwise: 0,
      },
    ]
  })
  const key = { ...selector('airport'), parts: [['airport']], tuple: false }
  return {
    name: 'airport',
    stream: 'landings',
    key,
    keepMs: undefined,
    budget: undefined,
    features,
  }
}

/** Rows whose keys, times and values are drawn anew for each batch, outside of what is measured. */
class Rows {
  readonly rows: KeyedRows
  readonly #prng = new Prng(1)
  readonly #of: Case
  readonly #keys: Buffer[]
  readonly #weights: Float64Array
  readonly #late = new Float64Array(BATCH_ROWS)
  readonly #delay = new Float64Array(BATCH_ROWS)
  #time = 978_307_200_000

  constructor(of: Case, withInputs: boolean) {
    this.#of = of
    this.#keys = Array.from({ length: of.keys }, (_, i) =>
      Buffer.from(i.toString(36).padStart(of.keys > 10_000 ? 9 : 3, 'A')),
    )
    this.#weights = new Float64Array(of.keys)
    let total = 0
    for (let i = 0; i < of.keys; i++) this.#weights[i] = total += of.skew === 0 ? 1 : 1 / (i + 5)
    const column = (values: Float64Array): Column => ({ kind: 'number', values, marks: undefined })
    this.rows = {
      keys: new Uint8Array(BATCH_ROWS * 16),
      keyEnds: new Uint32Array(BATCH_ROWS + 1),
      hashes: new Uint32Array(BATCH_ROWS),
      times: new Float64Array(BATCH_ROWS),
      mergeTimes: new Float64Array(BATCH_ROWS),
      inputs: withInputs
        ? [1, 3, 24].flatMap(() => [column(this.#late), column(this.#delay)])
        : undefined,
    }
  }

  draw(): void {
    const { rows } = this
    const prng = this.#prng
    const total = this.#weights[this.#weights.length - 1]
    let at = 0
    for (let i = 0; i < BATCH_ROWS; i++) {
      const key = this.#keys[lowest(this.#weights, prng.next() * total)]
      rows.keys.set(key, at)
      at += key.length
      rows.keyEnds[i + 1] = at
      rows.hashes[i] = murmur2(key)
      this.#time += prng.next() * 2 * ((24 * HOUR_MS) / this.#of.eventsPerDay)
      rows.times[i] = rows.mergeTimes[i] = Math.floor(this.#time)
      this.#late[i] = prng.chance(0.2) ? 1 : 0
      this.#delay[i] = prng.below(200) - 50
    }
  }
}

function lowest(weights: Float64Array, wanted: number): number {
  let low = 0
  let high = weights.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (weights[middle] > wanted) high = middle
    else low = middle + 1
  }
  return low
}

function measure(of: Case): void {
  const memory = new StateMemory()
  const state = new SetState(memory, plan(), {
    slackMs: 0,
    inputKinds: Array.from({ length: 6 }, () => 'number' as const),
    tasks: 1,
  })
  const updates = new Rows(of, true)
  const reads = new Rows(of, false)
  const updateOrder = Int32Array.from({ length: BATCH_ROWS }, (_, i) => ~i)
  const readOrder = Int32Array.from({ length: BATCH_ROWS }, (_, i) => i)
  const outputs: Column[] = []
  const batch: SetBatch = {
    order: updateOrder,
    count: BATCH_ROWS,
    updates: updates.rows,
    rows: reads.rows,
    rowCount: 0,
  }
  let updateMs = 0
  let readMs = 0
  let deltaMs = 0
  let deltaBytes = 0
  let measured = 0
  for (let done = 0; done < of.events; done += BATCH_ROWS) {
    updates.draw()
    reads.draw()
    // Reads come at the times of the updates before them, one after the other as a merged order has them.
    reads.rows.times.fill(updates.rows.times[BATCH_ROWS - 1])
    reads.rows.mergeTimes.fill(updates.rows.times[BATCH_ROWS - 1])
    const start = cpuMillis()
    batch.order = updateOrder
    batch.rowCount = 0
    state.process(batch, outputs)
    const updated = cpuMillis()
    batch.order = readOrder
    batch.rowCount = BATCH_ROWS
    state.process(batch, outputs)
    const read = cpuMillis()
    const delta = memory.takeDelta()
    const taken = cpuMillis()
    if (done < of.events / 2) continue
    measured += BATCH_ROWS
    updateMs += updated - start
    readMs += read - updated
    deltaMs += taken - read
    deltaBytes += delta.length
  }
  const perEvent = (ms: number): string => `${Math.round((ms * 1e6) / measured)} ns`
  console.log(
    `${of.name.padEnd(22)} update ${perEvent(updateMs).padStart(8)}  read of 9 ${perEvent(readMs).padStart(8)}  delta ${perEvent(deltaMs).padStart(7)}, ` +
      `${Math.round(deltaBytes / measured)} bytes an update; ${state.keys} keys, ${Math.round(state.usedBytes / state.keys)} bytes a key, memory ${Math.round(memory.bytes / 1e6)} MB`,
  )
}

const events = Number(process.argv[2] ?? 2_000_000)
const CASES: readonly Case[] = [
  { name: 'flights, 229 airports', keys: 229, skew: 1, eventsPerDay: 16_500, events },
  { name: '229 alike', keys: 229, skew: 0, eventsPerDay: 16_500, events },
  // As the payments of the Handbook lie: 2 to 3 events a key in the shortest window, 70 in the longest.
  { name: 'payments, 2,500 alike', keys: 2_500, skew: 0, eventsPerDay: 175_000, events },
  { name: '100k sparse keys', keys: 100_000, skew: 0, eventsPerDay: 400_000, events },
  { name: '1M sparse keys', keys: 1_000_000, skew: 0, eventsPerDay: 2_000_000, events: events * 2 },
]
for (const one of CASES) if (one.name.includes(process.argv[3] ?? '')) measure(one)
