import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import { oneRecord } from '../../src/base/records.ts'
import type { Append, Log, Writer } from '../../src/contracts/log.ts'
import { artefactsTopic } from '../../src/engine/task-names.ts'
import { openLog } from '../../src/log/open-log.ts'
import {
  artefactPlaces,
  digestOf,
  keepArtefact,
  readArtefact,
} from '../../src/runner/versions/artefacts.ts'
import { lastRun } from '../../src/runner/control.ts'

const OF = { pipeline: 'p', at: 1 }
const CHUNK = 512 << 10 // as in artefacts.ts

const root = mkdtempSync(join(tmpdir(), 'millrace-artefacts-'))
let log: Log
beforeAll(async () => {
  log = (await openLog(root)).log
})
afterAll(async () => {
  await log.close()
  rmSync(root, { recursive: true, force: true })
})

function bytesOf(length: number, seed: number): Uint8Array {
  const random = new Prng(seed)
  const words = Uint32Array.from({ length: Math.ceil(length / 4) }, () => random.below(2 ** 32))
  return new Uint8Array(words.buffer, 0, length)
}

async function records(): Promise<number> {
  const info = await log.topic(artefactsTopic())
  return info?.parts[0].end ?? 0
}

describe('an artefact', () => {
  it.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5])(
    'of %i bytes is kept once, in chunks, and comes back as it was',
    async (length) => {
      const bytes = bytesOf(length, length)
      const before = await records()
      const place = await keepArtefact(log, bytes, OF)
      expect(place).toMatchObject({ digest: digestOf(bytes), bytes: length })
      expect(await records()).toBe(before + Math.max(1, Math.ceil(length / CHUNK)))
      expect(await keepArtefact(log, bytes, OF)).toEqual(place)
      expect(await records()).toBe(place.to)
      expect(Buffer.compare(await readArtefact(log, place), bytes)).toBe(0)
      expect((await artefactPlaces(log)).get(place.digest)).toEqual(place)
    },
  )

  it('is whole when several are kept at the same time', async () => {
    const all = Array.from({ length: 4 }, (_, i) => bytesOf(2 * CHUNK + i, 100 + i))
    const places = await Promise.all(all.map((bytes) => keepArtefact(log, bytes, OF)))
    for (let i = 0; i < all.length; i++)
      expect(Buffer.compare(await readArtefact(log, places[i]), all[i])).toBe(0)
  })

  it('of a writer that died between two chunks is not there, and is kept whole by the next', async () => {
    const bytes = bytesOf(3 * CHUNK, 7)
    let left = 2
    const dying: Log = {
      ...bound(log),
      openWriter: async (id) => {
        const writer = await log.openWriter(id)
        const append = async (appends: readonly Append[]): Promise<readonly number[]> => {
          if (left-- === 0) throw new Error('dead')
          return writer.append(appends)
        }
        return { id, epoch: writer.epoch, append, close: () => writer.close() } satisfies Writer
      },
    }
    await expect(keepArtefact(dying, bytes, OF)).rejects.toThrow('dead')
    expect((await artefactPlaces(log)).has(digestOf(bytes))).toBe(false)
    const place = await keepArtefact(log, bytes, OF)
    expect(Buffer.compare(await readArtefact(log, place), bytes)).toBe(0)
  })

  it('is refused when its bytes are not those of its digest', async () => {
    const writer = await log.openWriter('test')
    const [offset] = await writer.append([
      { topic: artefactsTopic(), partition: 0, records: oneRecord(1, 'x', 'other bytes') },
    ])
    await writer.close()
    const digest = digestOf(bytesOf(11, 1))
    await expect(
      readArtefact(log, { digest, upload: 'x', from: offset, to: offset + 1, bytes: 11 }),
    ).rejects.toThrow(`must have the digest ${digest.slice(0, 16)}`)
  })

  it('is not taken for a run', async () => {
    expect(await lastRun(log)).toBeUndefined()
  })
})

/** The log's functions, on that log. */
function bound(of: Log): Log {
  return {
    ensureTopic: (spec) => of.ensureTopic(spec),
    topics: () => of.topics(),
    topic: (name) => of.topic(name),
    openWriter: (id, options) => of.openWriter(id, options),
    read: (from, options) => of.read(from, options),
    trim: (topic, partition, before) => of.trim(topic, partition, before),
    close: () => of.close(),
  }
}
