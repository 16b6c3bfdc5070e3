// A stage that reads its source itself, under a changed plan: whoever waits for it must hear how far it is, even where nothing more comes.
import { expect, it } from 'vitest'
import { z } from 'zod'
import { oneRecord } from '../../src/base/records.ts'
import { decodeCommit, type CommitRecord } from '../../src/engine/commit-record.ts'
import { readPartition } from '../../src/engine/read-partition.ts'
import { commitsTopic } from '../../src/engine/task-names.ts'
import { pipeline, stream, topic, type Pipeline } from '../../src/index.ts'
import { changingPipeline } from './changing-fixture.ts'

/** Of partition 0 of two. */
const KEY = 'b'

function counting(withLatest: boolean): Pipeline {
  const clicks = stream('clicks', {
    source: topic('clicks', { partitionedBy: 'key' }),
    schema: z.object({ id: z.string(), at: z.int() }),
    key: (c) => c.id,
    time: (c) => c.at,
    idle: 'never',
  })
  const counts = clicks.features('counts', { define: (f) => ({ n: f.count({ over: '1h' }) }) })
  const latest = clicks.features('latest', {
    define: (f) => ({ at: f.max((c) => c.at, { over: '1h' }) }),
  })
  const all = pipeline('p').from(clicks)
  return (withLatest ? all.features(latest).features(counts) : all.features(counts)).emit(
    topic('out'),
    ({ event, features }) => `${event.id} ${features.n}`,
  )
}

it('a stage that reads its source says under a changed plan how far it is, once, where nothing more comes', async () => {
  const on = await changingPipeline(['clicks'])
  const last = async (stage: string): Promise<CommitRecord> => {
    const found: CommitRecord[] = []
    const from = { topic: commitsTopic('p', stage), partition: 0, from: 0 }
    const take = (_: number, value: Uint8Array): void => {
      found.push(decodeCommit(value.slice()))
    }
    await on.until(readPartition(on.log, from, take))
    return found[found.length - 1]
  }
  await on.change(counting(true))
  const before = await on.run()
  await on.write('clicks', oneRecord(5000, KEY, `{"id":"${KEY}","at":5000}`), 0)
  await on.pass(1000)
  await before.stop()
  expect((await last('by-id.latest.counts')).progress).toBe(5000)
  await on.change(counting(false))
  for (let life = 0; life < 2; life++) {
    const again = await on.run()
    await on.pass(1000)
    await again.stop()
    // The second has what was carried over, and no time.
    expect(await last('by-id.counts')).toMatchObject({ number: 3, progress: 5000 })
  }
})
