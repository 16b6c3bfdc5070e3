// The part of the log's contract about when records were taken.
import { expect, it } from 'vitest'
import type { Log, ReadResult } from '../../src/contracts/log.ts'
import { many } from './log-records.ts'

/** Of the log that each test has. */
export function tellsWhen(logOf: () => Log): void {
  it('says when it took the first and the last of what it gives, the same wherever a read begins', async () => {
    const log = logOf()
    await log.ensureTopic({ name: 'a', partitions: 1 })
    const writer = await log.openWriter('w')
    const firsts: number[] = []
    for (let i = 0; i < 12; i++) {
      const records = many(2, 2 * i)
      firsts.push(...(await writer.append([{ topic: 'a', partition: 0, records }])))
    }
    const from = async (offset: number): Promise<ReadResult['runs'][number]> =>
      (await log.read([{ topic: 'a', partition: 0, offset }], { maxBytes: 1 << 20, maxWaitMs: 0 }))
        .runs[0]
    const times: number[] = []
    for (const offset of firsts) times.push((await from(offset)).appended[0])
    expect(times.every((time) => time > 0)).toBe(true)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    for (const [i, offset] of firsts.entries()) {
      for (const each of [offset, offset + 1]) {
        const { offsets, appended } = await from(each)
        const last = firsts.findLastIndex((first) => first <= (offsets.at(-1) ?? 0))
        expect(appended).toEqual([times[i], times[last]])
      }
    }
  })
}
