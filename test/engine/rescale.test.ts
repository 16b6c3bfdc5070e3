import { describe, expect, it } from 'vitest'
import { changingPipeline } from './changing-fixture.ts'
import {
  CARD,
  end,
  feed,
  outputsOf,
  rounds,
  rowsOf,
  SHOP,
  shop,
  story,
  TUNING,
  type Rescale,
} from './rescaled-shop.ts'

const STORIES: readonly (readonly [what: string, rescales: readonly Rescale[]])[] = [
  ['the first stage gets more', [{ stage: CARD, tasks: 3 }]],
  ['the first stage gets fewer', [{ stage: CARD, tasks: 1 }]],
  [
    'the first stage gets one, then three, then two again',
    [1, 3, 2].map((tasks) => ({ stage: CARD, tasks })),
  ],
  ['the last stage gets more', [{ stage: SHOP, tasks: 5 }]],
  ['the last stage gets fewer', [{ stage: SHOP, tasks: 1 }]],
  [
    'both are rescaled',
    [
      { stage: SHOP, tasks: 3 },
      { stage: CARD, tasks: 1 },
      { stage: SHOP, tasks: 1 },
    ],
  ],
]

describe('a stage that is rescaled', () => {
  for (const [what, rescales] of STORIES)
    it(`gives every key what it would have given, once, when ${what}`, async () => {
      for (const seed of [1, 2]) {
        const expected = await outputsOf(await story(seed, []))
        expect(Object.keys(expected.scores)).toHaveLength(320)
        expect(expected.examples.length).toBeGreaterThan(300)
        const on = await story(seed, rescales)
        for (const { stage, tasks } of rescales) {
          const { parts = [] } = (await on.log.topic(`_shop.stage.${stage}.commits`)) ?? {}
          // Every task that there ever was has worked.
          expect(parts.length).toBeGreaterThanOrEqual(tasks)
          for (const { end: commits } of parts) expect(commits).toBeGreaterThan(2)
        }
        expect(await outputsOf(on)).toEqual(expected)
        expect(expected.dead).toEqual([])
      }
    }, 300_000)

  it('is refused before the end of its inputs where it tells of periods, and goes on as it was', async () => {
    const expected = await rowsOf(await story(1, [], { periods: true }), 'hourly')
    const on = await changingPipeline(['payments', 'chargebacks'])
    await on.change(shop(true))
    for (const round of rounds(1)) await feed(on, round)
    const life = await on.run(TUNING)
    await on.pass(9)
    await life.stop()
    await expect(on.change(shop(true), { stage: CARD, tasks: 3 })).rejects.toThrow(
      /'by-card.card', which tells hourly, has not/,
    )
    await end(on)
    await on.run(TUNING)
    await on.pass(60_000)
    expect(Object.fromEntries(await rowsOf(on, 'hourly'))).toEqual(Object.fromEntries(expected))
    await on.change(shop(true), { stage: CARD, tasks: 3 })
    await on.run(TUNING)
    await on.pass(60_000)
    expect(Object.fromEntries(await rowsOf(on, 'hourly'))).toEqual(Object.fromEntries(expected))
  }, 300_000)
})
