// How far back the records reach that a log keeps of a stream.
import type { Log, Records } from '../../contracts/log.ts'
import type { StreamPlan } from '../../pipeline/plan.ts'
import { Evaluator, type Failure } from '../../schema/evaluate.ts'
import { emptyBatch, type EventSchema } from '../../schema/event-schema.ts'
import type { Guard } from '../../schema/guard.ts'
import type { StreamReach } from './change-report.ts'

const READ = { maxBytes: 64 << 10, maxWaitMs: 0 }

/** Of partitions that begin at different times, the latest beginning counts: only from there all events are there. */
export async function reachOf(
  log: Log,
  stream: StreamPlan,
  { schema, guard }: { schema: EventSchema; guard: Guard },
): Promise<StreamReach> {
  const info = await log.topic(stream.topic)
  let removed = 0
  let oldest: number | undefined
  let newest: number | undefined
  for (const [partition, { start, end }] of (info?.parts ?? []).entries()) {
    removed += start
    const first = await timesAt({ log, stream, schema, guard }, partition, start)
    const last = await timesAt({ log, stream, schema, guard }, partition, Math.max(start, end - 8))
    if (start > 0 && first.length > 0) oldest = Math.max(oldest ?? -Infinity, first[0])
    else if (first.length > 0) oldest ??= first[0]
    for (const time of last) newest = Math.max(newest ?? -Infinity, time)
  }
  return { removed, oldest, newest }
}

interface Reader {
  readonly log: Log
  readonly stream: StreamPlan
  readonly schema: EventSchema
  readonly guard: Guard
}

async function timesAt(reader: Reader, partition: number, offset: number): Promise<number[]> {
  const { log, stream } = reader
  const { runs } = await log.read([{ topic: stream.topic, partition, offset }], READ)
  return runs.flatMap(({ records }) => timesOf(reader, records))
}

function timesOf({ stream, schema, guard }: Reader, records: Records): number[] {
  const batch = emptyBatch()
  schema.decoder().decode(records, batch)
  const { rows, columns, objects } = batch
  const times = new Float64Array(rows)
  const failures: Failure[] = []
  const events = { rows, columns, objects }
  new Evaluator(schema.fields, guard).times(stream.time, events, times, failures)
  const bad = new Set(failures.map(({ row }) => row))
  return [...times].filter((_, row) => !bad.has(row))
}
