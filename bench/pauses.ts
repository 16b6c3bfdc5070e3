// The longest pause of a task by growing tables, deltas and snapshots, while its keys grow 16 times: node bench/pauses.ts [keys].
// By batch of a few updates each, in CPU time of the thread or by the clock, whichever is less: what others do to the machine hardly counts,
// and a kernel that counts CPU in ticks of 4 ms gives the whole tick to who runs when it ends.
import { murmur2 } from '../src/base/murmur2.ts'
import { Prng } from '../src/base/prng.ts'
import type { Column } from '../src/contracts/columns.ts'
import { StateMemory, type SnapshotCursor } from '../src/engine/state/memory.ts'
import type { KeyedRows, SetBatch } from '../src/engine/state/set-batch.ts'
import { SetState } from '../src/engine/state/set-state.ts'
import { paymentsSet } from './payments-set.ts'

const ROWS = 64
const GROWTH = 16
const EVENTS_A_KEY = 6
const CHUNK_BYTES = 256 << 10
const KEY_BYTES = 16
const START = 1_522_540_800_000

export interface PausesResult {
  readonly keys: number
  /** Bytes of state at the end, and of those that are used. */
  readonly bytes: number
  readonly usedBytes: number
  /** Longest of each kind, ms: updating and reading 64 rows, taking their delta, reading a chunk of a snapshot. */
  readonly update: number
  readonly delta: number
  readonly chunk: number
}

/** @param keys at the end; it begins with a sixteenth of them. */
export function measurePauses(keys: number): PausesResult {
  const memory = new StateMemory()
  const state = new SetState(memory, paymentsSet(), {
    slackMs: 0,
    inputKinds: ['number', 'number', 'number'],
    tasks: 1,
  })
  const rows = new Rows(keys)
  const outputs: Column[] = []
  const batch: SetBatch = {
    order: Int32Array.from({ length: ROWS }, (_, i) => i),
    count: ROWS,
    updates: undefined,
    rows: rows.rows,
    rowCount: ROWS,
  }
  const longest = { update: 0, delta: 0, chunk: 0 }
  let cursor: SnapshotCursor | undefined
  const timed = (kind: keyof typeof longest, what: () => void): void => {
    const begun = performance.now()
    const { user, system } = process.threadCpuUsage()
    what()
    const spent = process.threadCpuUsage()
    const wall = performance.now() - begun
    // Compilers and collectors are busy at the beginning, before a sixteenth of the keys is there.
    if (state.keys >= keys / GROWTH)
      longest[kind] = Math.max(
        longest[kind],
        Math.min(wall, (spent.user + spent.system - user - system) / 1000),
      )
  }
  while (state.keys < keys) {
    rows.draw()
    timed('update', () => state.process(batch, outputs))
    timed('delta', () => memory.takeDelta())
    timed('chunk', () => {
      cursor ??= memory.startSnapshot(CHUNK_BYTES)
      if (memory.readChunk(cursor) === undefined) cursor = undefined
    })
  }
  return { keys, bytes: memory.bytes, usedBytes: state.usedBytes, ...longest }
}

/** A new key every few rows, the others among those that are there. */
class Rows {
  readonly rows: KeyedRows
  readonly #prng = new Prng(1)
  readonly #amounts = new Float64Array(ROWS)
  readonly #limit: number
  #known = 0
  #time = START

  constructor(limit: number) {
    this.#limit = limit
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

  draw(): void {
    const { rows } = this
    let at = 0
    for (let i = 0; i < ROWS; i++) {
      const isNew = this.#known < this.#limit && (i % EVENTS_A_KEY === 0 || this.#known === 0)
      const key = Buffer.from(String(isNew ? this.#known++ : this.#prng.below(this.#known)))
      rows.keys.set(key, at)
      at += key.length
      rows.keyEnds[i + 1] = at
      rows.hashes[i] = murmur2(key)
      this.#time += 1000
      rows.times[i] = rows.mergeTimes[i] = this.#time
      this.#amounts[i] = this.#prng.below(10_000) / 100
    }
  }
}

if (import.meta.main) {
  const result = measurePauses(Number(process.argv[2] ?? 400_000))
  const { keys, bytes, usedBytes, update, delta, chunk } = result
  console.log(
    `${keys.toLocaleString('en')} keys, ${(bytes / 1e6).toFixed(0)} MB of state (${(usedBytes / keys).toFixed(0)} bytes a key used)`,
  )
  for (const [what, ms] of Object.entries({ update, delta, chunk }))
    console.log(`longest ${what.padEnd(8)}${ms.toFixed(1).padStart(8)} ms`)
}
