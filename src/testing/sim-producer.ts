// The outside world of a simulation: writes the inputs, a chunk of a partition at a time, from where the log ends.
import type { Prng } from '../base/prng.ts'
import { RecordsBuilder, type Records } from '../base/records.ts'
import type { Clock } from '../contracts/clock.ts'
import type { Log } from '../contracts/log.ts'
import { progressHeader } from '../contracts/progress.ts'
import type { Plan } from '../pipeline/plan.ts'
import type { Setup } from './faults.ts'
import type { InputRecord, Inputs } from './inputs.ts'
import type { SparseOffsets } from './sparse-log.ts'

export interface ProduceOptions {
  readonly plan: Plan
  readonly inputs: Inputs
  readonly setup: Setup
  readonly prng: Prng
  /** Offsets of the log, where they have holes. Default: they have none. */
  readonly offsets?: SparseOffsets
  /** Told when all records of lesser phases are written; Infinity when all are. */
  readonly reached?: (phase: number) => void
}

/** One partition of a stream, and the first of its records that is not written. */
interface Place {
  readonly topic: string
  readonly partition: number
  readonly records: readonly InputRecord[]
  next: number
}

/** Writes all inputs that the log does not have yet. */
export async function produceInputs(
  log: Log,
  clock: Clock,
  { plan, inputs, setup, prng, offsets, reached }: ProduceOptions,
): Promise<void> {
  const writer = await log.openWriter('producer')
  const places: Place[] = []
  for (const { name, topic } of plan.streams) {
    const parts = (await log.topic(topic))?.parts ?? []
    parts.forEach(({ end }, partition) => {
      const next = offsets?.index(partition, end) ?? end
      places.push({ topic, partition, records: inputs.get(name)?.[partition] ?? [], next })
    })
  }
  for (;;) {
    const left = places.filter(({ records, next }) => next < records.length)
    const phase = Math.min(...left.map(phaseOf))
    reached?.(phase)
    if (left.length === 0) break
    const now = clock.monotonic()
    const due = left.filter((place) => phaseOf(place) === phase)
    const open = due.filter(({ records, next }) => (records[next].notBefore ?? 0) <= now)
    if (open.length > 0) {
      const place = prng.pick(open)
      const { topic, partition, records, next } = place
      place.next = chunkEnd(place, { now, most: next + 1 + prng.below(setup.chunkMax) })
      const chunk = chunkOf(records.slice(next, place.next))
      await writer.append([{ topic, partition, records: chunk }])
    }
    const pause = open.length > 0 ? 0 : untilNext(due, clock.monotonic())
    await clock.sleep(pause + prng.next() * setup.gapMsMax)
  }
  await writer.close()
}

function phaseOf({ records, next }: Place): number {
  return records[next].phase ?? 0
}

/** Virtual ms until there is something to write again. */
function untilNext(left: readonly Place[], now: number): number {
  const times = left.map(({ records, next }) => records[next].notBefore ?? 0)
  return Math.max(0, Math.min(...times) - now)
}

/** Where a chunk ends: before the first record that is not to be written yet. */
function chunkEnd({ records, next }: Place, { now, most }: { now: number; most: number }): number {
  let until = next
  const phase = records[next].phase ?? 0
  while (
    until < Math.min(most, records.length) &&
    (records[until].notBefore ?? 0) <= now &&
    (records[until].phase ?? 0) === phase
  )
    until++
  return until
}

function chunkOf(records: readonly InputRecord[]): Records {
  const builder = new RecordsBuilder({ records: records.length })
  for (const { value, key = '', progress } of records)
    builder.add(0, key, value, progress === undefined ? '' : progressHeader(progress))
  return builder.records()
}
