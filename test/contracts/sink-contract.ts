// What every edge sink must keep: it has the records it was given, in order; opened at an earlier position it is as it was there.
import { describe, expect, it } from 'vitest'
import { RecordsBuilder } from '../../src/base/records.ts'
import type { ReadRun } from '../../src/contracts/log.ts'
import type { Sink } from '../../src/contracts/sink.ts'

export interface SinkCase {
  /** A sink of its own. */
  readonly sink: () => Sink
  /** What it has. */
  readonly values: (sink: Sink) => readonly string[]
  /** Takes a part of what it has away, behind its back. */
  readonly damage: (sink: Sink) => void
}

/** What any sink takes. */
const ROWS = [1, 2, 3, 4, 5].map((a) => JSON.stringify({ a }))

function run(values: readonly string[], offset: number): ReadRun {
  const builder = new RecordsBuilder()
  for (const value of values) builder.add(0, 'key', value)
  const offsets = Float64Array.from(values, (_, i) => offset + i)
  return { topic: 't', partition: 0, offsets, records: builder.records() }
}

export function sinkContract(name: string, { sink: make, values, damage }: SinkCase): void {
  describe(`a sink of ${name}`, () => {
    it('has what was written, in order, and goes on behind it', async () => {
      const sink = make()
      const first = await sink.open(sink.start)
      const at = await first.write(run(['{"a":1}', '{"a":"é"}'], 0))
      await first.close()
      const second = await sink.open(at)
      await second.write(run(['{"a":3}'], 2))
      await second.close()
      expect(values(sink)).toEqual(['{"a":1}', '{"a":"é"}', '{"a":3}'])
    })

    it('takes back what was written behind the position it is opened at', async () => {
      const sink = make()
      const first = await sink.open(sink.start)
      const at = await first.write(run(ROWS.slice(0, 2), 0))
      await first.write(run(ROWS.slice(2, 5), 2))
      await first.close()
      const again = await sink.open(at)
      expect(values(sink)).toEqual(ROWS.slice(0, 2))
      await again.write(run(ROWS.slice(2, 3), 2))
      await again.close()
      expect(values(sink)).toEqual(ROWS.slice(0, 3))
    })

    it('that has less than was written to it is refused', async () => {
      const sink = make()
      const open = await sink.open(sink.start)
      const at = await open.write(run(ROWS.slice(0, 2), 0))
      await open.close()
      damage(sink)
      await expect(sink.open(at)).rejects.toMatchObject({ code: 'ML_SINK' })
    })
  })
}
