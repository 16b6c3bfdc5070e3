import { describe, expect, it } from 'vitest'
import type { TopicInfo } from '../../src/contracts/log.ts'
import { originRecords } from '../../src/engine/operators/origin-records.ts'
import { MemoryLog } from './memory-log.ts'

const PLACE = { topic: 'events', partition: 0 }
const COUNT = 40

class Trimmed extends MemoryLog {
  start = 0

  override async topic(name: string): Promise<TopicInfo | undefined> {
    const info = await super.topic(name)
    return info && { ...info, parts: info.parts.map((part) => ({ ...part, start: this.start })) }
  }
}

async function found(start: number, offsets: readonly number[]): Promise<string[]> {
  const log = new Trimmed(3)
  log.start = start
  for (let i = 0; i < COUNT; i++) log.partition('events', 0).push(Buffer.from(`event ${i}`))
  const records = await originRecords(log, PLACE, offsets)
  return [...records].map(([offset, { value }]) => `${offset} ${Buffer.from(value).toString()}`)
}

describe('the records that rows came from', () => {
  it('are found however far apart they lie and however little a read gives', async () => {
    const offsets = [0, 1, 7, 8, 9, 30, 39]
    const expected = offsets.map((offset) => `${offset} event ${offset}`)
    expect((await found(0, offsets)).sort()).toEqual(expected.sort())
  })

  it('are left out where they are no longer kept', async () => {
    expect(await found(8, [0, 7, 8, 39])).toEqual(['8 event 8', '39 event 39'])
    expect(await found(40, [0, 39])).toEqual([])
    expect(await originRecords(new MemoryLog(1), PLACE, [1])).toEqual(new Map())
  })
})
