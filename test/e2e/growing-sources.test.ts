import { afterAll, expect, it } from 'vitest'
import { growingStory } from './growing-scenario.ts'
import { OrderFolders } from './order-folders.ts'

const folders = new OrderFolders()
afterAll(() => folders.remove())

it('ends a run whose source topic got more partitions, and takes them up when it is started again, each event once', async () => {
  const { ended, scores, twice, expected } = await growingStory(folders.empty())
  expect(ended).toMatch(
    /topic 'orders' must have the 2 partitions that the run began with; found 3; start the run again/,
  )
  expect(twice).toEqual([])
  expect(Object.fromEntries(scores)).toEqual(Object.fromEntries(expected))
}, 300_000)
