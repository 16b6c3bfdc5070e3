// What every edge sink must keep: it has the records it was given, in order; opened at an earlier position it is as it was there.
import { describe, expect, it } from 'vitest'
import { RecordsBuilder } from '../../src/base/records.ts'
import type { ReadRun } from '../../src/contracts/log.ts'
import type { Sink } from '../../src/contracts/sink.ts'

export interface SinkCase {
  /** A sink of its own. */
  readonly sink: () => Promise<Sink> | Sink
  /** What it has. */
  readonly values: (sink: Sink) => Promise<readonly string[]> | readonly string[]
  /** Takes a part of what it has away, behind its back. */
  readonly damage: (sink: Sink) => Promise<void> | void
}

/** What any sink takes. */
const ROWS = [1, 2, 3, 4, 5].map((a) => JSON.stringify({ a }))

function run(values: readonly string[], offset: number): ReadRun {
  const builder = new RecordsBuilder()
  for (const value of values) builder.add(0, 'key', value)
  const offsets = Float64Array.from(values, (_, i) => offset + i)
  return { topic: 't', partition: 0, offsets, records: builder.records(), appended: [0, 0] }
}

/** Opens it at a position and writes rows on from where it says it is: what a feeder does. @returns the positions behind each write. */
async function feed(
  sink: Sink,
  from: { readonly at: string; readonly next: number },
  writes: readonly (readonly string[])[],
): Promise<string[]> {
  const open = await sink.open(from.at)
  const positions: string[] = []
  let offset = from.next
  for (const rows of writes) {
    const left = rows.slice(Math.max(0, (open.fed?.[0] ?? 0) - offset))
    offset += rows.length
    if (left.length > 0)
      positions.push(await open.write([run(left, offset - left.length)], [offset]))
  }
  await open.close()
  return positions
}

export function sinkContract(name: string, { sink: make, values, damage }: SinkCase): void {
  describe(`a sink of ${name}`, () => {
    it('has what was written, in order, and goes on behind it', async () => {
      const sink = await make()
      const rows = ['{"a":1}', '{"a":"é"}']
      const [at] = await feed(sink, { at: sink.start, next: 0 }, [rows])
      await feed(sink, { at, next: 2 }, [['{"a":3}']])
      expect(await values(sink)).toEqual(['{"a":1}', '{"a":"é"}', '{"a":3}'])
    })

    it('has each record once where it is fed from a position that it was written beyond', async () => {
      const sink = await make()
      const [at] = await feed(sink, { at: sink.start, next: 0 }, [ROWS.slice(0, 2), ROWS.slice(2)])
      await feed(sink, { at, next: 2 }, [ROWS.slice(2, 3), ROWS.slice(3)])
      expect(await values(sink)).toEqual(ROWS)
    })

    it('that has less than was written to it is refused', async () => {
      const sink = await make()
      const [at] = await feed(sink, { at: sink.start, next: 0 }, [ROWS.slice(0, 2)])
      await damage(sink)
      await expect(sink.open(at)).rejects.toMatchObject({ code: 'ML_SINK' })
    })
  })
}
