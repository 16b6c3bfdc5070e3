// A log on the simulated disk with files so small that every rare thing happens often, and a clock that stands still.
import { Prng } from '../../../src/base/prng.ts'
import { RecordsBuilder, recordText } from '../../../src/base/records.ts'
import type { Clock } from '../../../src/contracts/clock.ts'
import type { Append, Log, Records } from '../../../src/contracts/log.ts'
import { EmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import type { EmbeddedSizes } from '../../../src/log/embedded/options.ts'
import { SimDisk, type SimDiskFaults } from '../../../src/testing/sim-disk.ts'

export const TINY: EmbeddedSizes = {
  journalBytes: 2048,
  journalFilesMax: 3,
  segmentBytes: 1200,
  reserveBytes: 0,
  preallocate: false,
  openFilesMax: 2,
}

export class StillClock implements Clock {
  time = 1_000_000
  now(): number {
    return this.time
  }
  monotonic(): number {
    return this.time
  }
  async sleep(): Promise<void> {}
}

/** Lets everything that is ready happen, `turns` microtasks deep. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve()
}

export function simDisk(seed: number, faults: Partial<SimDiskFaults> = {}): SimDisk {
  return new SimDisk({ prng: new Prng(seed), sleep: (ms) => turns(Math.ceil(ms)), faults })
}

export function openSim(
  disk: SimDisk,
  sizes: EmbeddedSizes = {},
  clock: Clock = new StillClock(),
): Promise<EmbeddedLog> {
  return EmbeddedLog.open({ disk: disk.mount(), clock, salt: 77, ...TINY, ...sizes })
}

export function texts(values: readonly string[]): Records {
  const builder = new RecordsBuilder()
  for (const value of values) builder.add(1, 'k', value)
  return builder.records()
}

export function to(topic: string, partition: number, ...values: string[]): Append {
  return { topic, partition, records: texts(values) }
}

export async function valuesOf(log: Log, topic: string, partition = 0): Promise<string[]> {
  const out: string[] = []
  let offset = (await log.topic(topic))?.parts[partition].start ?? 0
  for (;;) {
    const { runs, next } = await log.read([{ topic, partition, offset }], {
      maxBytes: 1000,
      maxWaitMs: 0,
    })
    for (const { records } of runs)
      for (let i = 0; i < records.count; i++) out.push(recordText(records, i, 'value'))
    if (next[0].offset === offset) return out
    offset = next[0].offset
  }
}
