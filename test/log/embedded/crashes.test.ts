import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import type { Append, Writer } from '../../../src/contracts/log.ts'
import type { EmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import type { SimDisk } from '../../../src/testing/sim-disk.ts'
import { openSim, simDisk, texts, turns, valuesOf } from './fixture.ts'

const PLACES = [
  ['a', 0],
  ['a', 1],
  ['b', 0],
] as const

interface Sent {
  readonly id: string
  /** How many records to each place. */
  readonly counts: readonly number[]
  acked: readonly number[] | undefined
}

/** Appends at random, crashes at random, and checks after each that nothing was lost, torn, doubled or reordered. */
async function trial(
  seed: number,
): Promise<{ disk: SimDisk; crashes: number; unackedKept: number; refused: number }> {
  const prng = new Prng(seed, 1)
  const disk = simDisk(seed, { flushMsMax: prng.pick([0, 3, 12]) })
  let known: Sent[] = []
  let number = 0
  let crashes = 0
  let unackedKept = 0
  let refused = 0

  const append = (writer: Writer): void => {
    const id = `${number++}:${'x'.repeat(prng.below(prng.chance(0.05) ? 900 : 40))}`
    const counts = PLACES.map(() => (prng.chance(0.6) ? prng.below(4) : 0))
    const appends: Append[] = counts.map((count, i) => ({
      topic: PLACES[i][0],
      partition: PLACES[i][1],
      records: texts(Array.from({ length: count }, () => id)),
    }))
    const sent: Sent = { id, counts, acked: undefined }
    known.push(sent)
    writer.append(appends).then(
      (offsets) => (sent.acked = offsets),
      () => refused++,
    )
  }

  const check = async (log: EmbeddedLog): Promise<void> => {
    const found = await Promise.all(
      PLACES.map(([topic, partition]) => valuesOf(log, topic, partition)),
    )
    const at = PLACES.map(() => 0)
    const kept: Sent[] = []
    for (const sent of known) {
      const there = sent.counts.map((count, i) => count > 0 && found[i][at[i]] === sent.id)
      const wanted = sent.counts.map((count) => count > 0)
      const present = wanted.some(Boolean) && there.some(Boolean)
      if (sent.acked !== undefined && wanted.some(Boolean))
        expect(present, `acknowledged append ${sent.id} is there`).toBe(true)
      if (!present) continue
      expect(there, `append ${sent.id} is there whole`).toEqual(wanted)
      for (const [i, count] of sent.counts.entries()) {
        if (sent.acked !== undefined && count > 0) expect(at[i]).toBe(sent.acked[i])
        for (let k = 0; k < count; k++) expect(found[i][at[i]++]).toBe(sent.id)
      }
      if (sent.acked === undefined) unackedKept++
      sent.acked ??= sent.counts.map((count, i) => at[i] - count)
      kept.push(sent)
    }
    expect(at).toEqual(found.map((values) => values.length))
    known = kept
  }

  let log = await openSim(disk)
  await log.ensureTopic({ name: 'a', partitions: 2 })
  await log.ensureTopic({ name: 'b', partitions: 1 })
  for (let round = 0; round < 5; round++) {
    const writer = await log.openWriter('w')
    for (let burst = 0; burst < 8; burst++) {
      for (let i = prng.below(5); i >= 0; i--) append(writer)
      await turns(prng.below(120))
    }
    disk.faults.failFlushIn = prng.chance(0.2) ? 1 + prng.below(3) : 0
    for (let i = prng.below(6); i > 0; i--) append(writer)
    await turns(prng.below(60))
    disk.faults.failFlushIn = 0
    if (prng.chance(0.3)) disk.kill()
    else disk.crash()
    crashes++
    for (;;) {
      const opening = openSim(disk)
      opening.catch(() => undefined)
      if (prng.chance(0.3)) {
        await turns(prng.below(40))
        disk.crash()
        crashes++
        continue
      }
      log = await opening
      break
    }
    await check(log)
  }
  await log.close()
  return { disk, crashes, unackedKept, refused }
}

describe('the embedded log under crashes', () => {
  it('keeps every acknowledged append, whole and in order, whatever a crash leaves of the rest', async () => {
    let crashes = 0
    let unackedKept = 0
    let sectorsLost = 0
    let sectorsKept = 0
    let flushesFailed = 0
    for (let seed = 1; seed <= 300; seed++) {
      const result = await trial(seed).catch((error: unknown) => {
        throw new Error(`seed ${seed}`, { cause: error })
      })
      crashes += result.crashes
      unackedKept += result.unackedKept
      sectorsLost += result.disk.counts.sectorsLost
      sectorsKept += result.disk.counts.sectorsKept
      flushesFailed += result.disk.counts.flushesFailed
    }
    expect(crashes).toBeGreaterThan(1000)
    for (const fired of [unackedKept, sectorsLost, sectorsKept, flushesFailed])
      expect(fired).toBeGreaterThan(50)
  })

  it('takes the same course from the same seed', async () => {
    const [once, twice] = [await trial(42), await trial(42)]
    expect(once.disk.counts).toEqual(twice.disk.counts)
    const [one, two] = [once.disk.mount(), twice.disk.mount()]
    expect(one.list()).toEqual(two.list())
    for (const name of one.list())
      expect(Buffer.compare(once.disk.bytes(name), twice.disk.bytes(name))).toBe(0)
  })
})
