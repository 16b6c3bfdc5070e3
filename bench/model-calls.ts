// What it costs to announce calls of a model: batches of 1000 rows, scored unwatched, and announced in a slot as a worker does.
// node bench/model-calls.ts
import { UNWATCHED, type ModelCalls } from '../src/contracts/model-calls.ts'
import { BatchScorer } from '../src/engine/operators/batch-scorer.ts'
import { OPEN } from '../src/schema/guard.ts'
import { functionRuntime } from '../src/models/function/function-runtime.ts'
import { closeSlot, openSlot, SlotWriter } from '../src/runner/versions/call-slot.ts'
import { cpuMicros } from './cpu.ts'

const ROWS = 1000
const BATCHES = 2000
const ROUNDS = 7

const loaded = await functionRuntime().load(
  new Uint8Array(0),
  [{ name: 'amount', kind: 'number' }],
  {
    kind: 'function',
    path: undefined,
    options: { outputs: { score: 'number' } },
    call: ({ amount }: { amount: number }) => ({ score: amount > 900 ? 1 : 0 }),
  },
)
const descriptor = openSlot()
const slot = new SlotWriter(descriptor)
const announced: ModelCalls = {
  ...UNWATCHED,
  make: async ({ commit, partitions, offsets }, score) => {
    slot.begin({ task: 0, model: 0, commit, partitions, offsets })
    try {
      return await score()
    } finally {
      slot.end()
    }
  },
}
const values = Float64Array.from({ length: ROWS }, (_, row) => row)
const features = [{ kind: 'number' as const, values, marks: undefined }]
const places = { rows: ROWS, partitions: new Float64Array(ROWS), offsets: values }

/** us a batch. */
async function measure(calls: ModelCalls): Promise<number> {
  const scorer = new BatchScorer({ task: 'task', model: 'm', index: 0, loaded, calls, guard: OPEN })
  const started = cpuMicros()
  for (let commit = 0; commit < BATCHES; commit++)
    await scorer.score(features, { places, commit, rules: scorer.rules(undefined) })
  return (cpuMicros() - started) / BATCHES
}

const times: Record<string, number[]> = { unwatched: [], announced: [], whole: [] }
for (let round = 0; round < ROUNDS; round++) {
  times.unwatched.push(await measure(UNWATCHED))
  times.announced.push(await measure(announced))
  const started = cpuMicros()
  for (let batch = 0; batch < BATCHES; batch++) await loaded.score(features, ROWS)
  times.whole.push((cpuMicros() - started) / BATCHES)
}
for (const [name, all] of Object.entries(times)) {
  const median = all.toSorted((a, b) => a - b)[ROUNDS >> 1]
  console.info(
    `${name.padEnd(10)} ${median.toFixed(1)} us of CPU a batch, ${(median / ROWS).toFixed(4)} us a row`,
  )
}
closeSlot(descriptor)
