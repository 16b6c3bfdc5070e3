import { afterAll, expect, it } from 'vitest'
import { gapAt } from '../../src/engine/gap.ts'
import { gapStory } from './gap-scenario.ts'
import { OrderFolders } from './order-folders.ts'

const folders = new OrderFolders()
afterAll(() => folders.remove())

it('stops a run whose next records were let go of, and goes on only by command, which is shown from then on', async () => {
  const { refused, status, taken, written, explained, again } = await gapStory(folders.empty())
  expect(refused).toMatch(
    /topic 'orders', partition 0.* must still be kept.*at most \d+ records are gone, since 20.*--accept-gap/,
  )
  expect(again).toBe('')
  expect(status.gaps).toHaveLength(1)
  const [gap] = status.gaps
  expect(gap).toMatchObject({ topic: 'orders', partition: 0 })
  expect(gap.to - gap.from).toBeGreaterThanOrEqual(10)
  expect(taken).toBe(written - (gap.to - gap.from))
  const before = explained.filter(
    ({ source }) => source.partition === 0 && source.offset < gap.from,
  )
  const others = explained.filter((each) => !before.includes(each))
  expect(before.length).toBeGreaterThan(0)
  expect(others.length).toBeGreaterThan(0)
  expect(before.flatMap(({ gaps }) => gaps)).toEqual([])
  expect(others.map(({ gaps }) => gaps)).toEqual(others.map(() => [gap]))
}, 300_000)

it('refuses a topic that ends before what was read of it, because it was made again', () => {
  const stand = { topic: 'orders', partition: 1, next: 12, start: 0, end: 3, readAt: 0 }
  expect(() => gapAt(stand)).toThrow(expect.objectContaining({ code: 'ML_GAP' }))
  expect(() => gapAt(stand)).toThrow(
    /'orders', partition 1, must reach as far as it was read; found that 12 offsets were read and that it ends at 3, since 1970.*another name/,
  )
}, 300_000)
