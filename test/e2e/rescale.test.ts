import { afterAll, expect, it } from 'vitest'
import { OrderFolders } from './order-folders.ts'
import { rescaleStory } from './rescale-scenario.ts'
import { FILE } from './gap-scenario.ts'
import { runMain } from './run-main.ts'

const folders = new OrderFolders()
afterAll(() => folders.remove())

it('gives every key what an undisturbed run gives, once, when a stage has one task, then three, then two, with kill -9 on the way', async () => {
  const { expected, found, twice, said, kills, replays } = await rescaleStory(
    folders.empty(),
    folders.empty(),
  )
  expect(said[0]).toMatch(/stage by-shop.shop has 3 tasks/)
  expect(said[1]).toMatch(/stage by-shop.shop has 2 tasks/)
  expect(kills).toBeGreaterThan(4)
  expect(twice).toEqual([])
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
  // Predictions of every number of tasks are derived again.
  expect(replays.length).toBeGreaterThan(10)
  expect(replays.filter(({ equal }) => !equal)).toEqual([])
}, 600_000)

it('refuses a stage that is not there, a log without a run, and another number at a start', async () => {
  const log = await folders.of(10, [])
  const rescale = (stage: string): ReturnType<typeof runMain> =>
    runMain(['rescale', FILE, stage, '--partitions', '3', '--log', log])
  expect((await rescale('by-shop.shop')).err).toMatch(/must have run to be rescaled/)
  const run = ['run', FILE, '--log', log, '--until-end', '--json']
  expect((await runMain(run)).code).toBe(0)
  expect((await rescale('by-nothing')).err).toMatch(
    /must be named: by-shop.shop; found 'by-nothing'/,
  )
  expect((await runMain([...run.slice(0, -1), '--partitions', '3'])).err).toMatch(
    /have 2 partitions in this log.*millrace rescale FILE STAGE --partitions 3/s,
  )
}, 300_000)
