import { expect, it } from 'vitest'
import { RecordsBuilder } from '../../src/base/records.ts'
import { progressHeader } from '../../src/contracts/progress.ts'
import { Block } from '../../src/engine/exchange/block.ts'
import { KEY } from '../../src/engine/exchange/layout.ts'
import { examplesTopic } from '../../src/engine/task-names.ts'
import { readPartition } from '../../src/engine/read-partition.ts'
import { lastCommit } from '../../src/engine/recovery.ts'
import { virtualPipeline } from './pipeline-fixture.ts'
import { smallShop } from './small-shop.ts'

const START = Date.UTC(2026, 0, 1)
/** More than two commits of the end take. */
const PAYMENTS = 9_000

it('expires what waits at the end of all inputs over several commits', async () => {
  const virtual = await virtualPipeline(smallShop(), START)
  const { log, plan, tasks } = virtual
  const ids = Array.from({ length: PAYMENTS }, (_, i) => `p${i}`)
  await virtual.send(
    'payments',
    ids.map((id, i) => ({ id, at: START + i, card: `card-${i % 7}`, shop: `shop-${i % 3}` })),
  )
  const end = new RecordsBuilder()
  end.add(0, '', '', progressHeader(Infinity))
  for (const topic of ['payments', 'chargebacks']) await virtual.write(topic, end.records())
  const join = tasks.find(({ kind }) => kind === 'join')
  if (join?.kind !== 'join') throw new Error('the shop has no labels')
  const place = { topic: examplesTopic(plan.pipeline, join.model.name), partition: 0 }
  const read = async (): Promise<{
    expired: string[]
    blocks: { rows: number; progress: number }[]
  }> => {
    const expired: string[] = []
    const blocks: { rows: number; progress: number }[] = []
    await readPartition(log, { ...place, from: 0 }, (_, value) => {
      const block = new Block(value.slice())
      const key = block.column(KEY)
      blocks.push({ rows: block.rows, progress: block.progress })
      for (let row = 0; row < block.rows; row++)
        if (key.kind === 'string')
          expired.push(Buffer.from(key.bytes.subarray(key.ends[row], key.ends[row + 1])).toString())
    })
    return { expired, blocks }
  }
  const run = await virtual.run({ sealRows: 500 })
  await virtual.pass(1000)
  await run.stop()
  const { expired, blocks } = await read()
  expect(expired).toEqual(ids)
  expect(blocks.length).toBeGreaterThan(2)
  // Only the last one says that nothing comes any more.
  expect(blocks.map(({ progress }) => progress === Infinity)).toEqual(
    blocks.map((_, i) => i === blocks.length - 1),
  )
  const last = await lastCommit(log, join.spec)
  expect(last?.progress).toBe(Infinity)
})
