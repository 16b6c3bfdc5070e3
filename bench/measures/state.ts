// What the keyed state of a task takes in memory, and how long it holds a task up while it grows.
import { measurePauses } from '../pauses.ts'
import { PAYMENTS } from '../fraud-windows/payments.ts'
import { atMost, type Measure } from '../run/measure.ts'
import { measureStateMemory } from '../state-memory.ts'

const KEYS = 300_000
const PAUSE_MS = 10

const KINDS = {
  update: 'updating and reading 64 rows',
  delta: 'taking their delta',
  chunk: 'reading a chunk of a snapshot',
} as const

export const state: Measure = {
  about: 'memory of the state, and pauses while it grows',
  method: `the windows of fraud-windows alone: over its payments, bytes of keys and windows where they come nearest to the bound; and with keys drawn until there are ${KEYS.toLocaleString('en')}, 16 times as many as when measuring began, a delta and a chunk of a snapshot after every 64 rows; the longest step, in CPU of the thread or by the clock, whichever is less`,
  take: async () => {
    const { keys, inWindow, usedBytes, bytes, bound } = await measureStateMemory(PAYMENTS)
    const pauses = measurePauses(KEYS)
    const longest = Math.max(pauses.update, pauses.delta, pauses.chunk)
    const kind = (['update', 'delta', 'chunk'] as const).find((each) => pauses[each] === longest)
    return [
      {
        what: 'state of fraud-windows, of 24 bytes an event of 30 days and 64 a key',
        measured: usedBytes / bound,
        unit: 'times',
        aim: atMost(1),
        bound: `${keys.toLocaleString('en')} keys, each with a ring of which up to half may be free, ${(inWindow / keys).toFixed(0)} events a key; ${(usedBytes / 1e6).toFixed(1)} MB used, ${(bound / 1e6).toFixed(1)} MB allowed`,
      },
      {
        what: 'state of fraud-windows, set apart, not used yet included',
        measured: bytes / 1e6,
        unit: 'MB',
      },
      {
        what: 'longest pause of a task while its keys grow 16 times',
        measured: longest,
        unit: 'ms',
        aim: atMost(PAUSE_MS),
        bound: `${kind === undefined ? 'unknown' : KINDS[kind]}, a collection of garbage included where one fell into it`,
      },
    ]
  },
}
