import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLog, producer } from '../../src/index.ts'
import type { Explanation } from '../../src/contracts/explanation.ts'
import type { DatasetReport } from '../../src/runner/provenance/dataset.ts'
import type { Replay } from '../../src/runner/provenance/replay.ts'
import type { PeriodReplay } from '../../src/runner/provenance/replay-period.ts'
import { askChild } from './ask-child.ts'
import { LogPlaces } from './log-places.ts'

const NOON = Date.UTC(2026, 0, 5, 12)
const file = fileURLToPath(new URL('./pipelines/spending.ts', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'millrace-streams-'))
const places = new LogPlaces()
const log = places.empty()
afterAll(() => {
  rmSync(root, { recursive: true, force: true })
  places.remove()
})

async function write(topic: string, partitions: number, events: readonly object[]): Promise<void> {
  const opened = await openLog(log)
  try {
    const out = await producer(opened.log, { topic, id: 'test', partitions })
    events.forEach((event, i) =>
      out.send({ key: `k${i % 5}`, value: JSON.stringify(event), time: NOON }),
    )
    await out.end()
    await out.close()
  } finally {
    await opened.log.close()
  }
}

describe('a union of two topics', () => {
  beforeAll(async () => {
    const at = (i: number): number => NOON + i * 1000
    const web = Array.from({ length: 40 }, (_, i) => ({
      id: `w${i}`,
      at: at(i),
      user: `user-${i % 3}`,
      cents: (i % 4) * 100,
    }))
    const desk = Array.from({ length: 20 }, (_, i) => ({
      id: `d${i}`,
      at: at(i * 2),
      card: `user-${i % 3}`,
      euros: i,
    }))
    await write('web', 2, web)
    await write('desk', 3, desk)
    const run = { kind: 'run', file, log, untilEnd: true, partitions: 2, batchRows: 3 } as const
    await askChild(run)
  })

  it('names the record each row came from, whichever topic it lies in', async () => {
    const ids = ['user-0']
    const found = (await askChild({ kind: 'explain', file, log, ids })) as Explanation[]
    expect(new Set(found.map(({ source }) => source.topic))).toEqual(new Set(['web', 'desk']))
    const { log: opened } = await openLog(log)
    try {
      for (const { source, time } of found) {
        const { runs } = await opened.read([source], { maxBytes: 1, maxWaitMs: 0 })
        const [{ records, offsets }] = runs
        const row = offsets.indexOf(source.offset)
        const text = Buffer.from(
          records.values.subarray(records.valueEnds[row], records.valueEnds[row + 1]),
        ).toString('utf8')
        expect(JSON.parse(text)).toMatchObject({ at: time })
      }
    } finally {
      await opened.close()
    }
  })

  it('replays every row from its own topic on, bit for bit', async () => {
    const ids = ['user-0', 'user-1', 'user-2']
    const replays = (await askChild({ kind: 'replay', file, log, ids })) as Replay[]
    expect(replays).toHaveLength(30 + 20)
    expect(replays.filter(({ equal }) => !equal)).toEqual([])
    const first = new Set(replays.map(({ steps }) => steps[0].stage))
    expect(first).toEqual(new Set(['source.web', 'source.desk']))
  })

  it('replays a row of a period by its place, bit for bit', async () => {
    const { log: opened } = await openLog(log)
    const parts = (await opened.topic('spend'))?.parts ?? []
    const ids: string[] = []
    for (const [partition, { start }] of parts.entries()) {
      const from = [{ topic: 'spend', partition, offset: start }]
      const { runs } = await opened.read(from, { maxBytes: 1 << 20, maxWaitMs: 0 })
      const told = runs.flatMap(({ offsets }) =>
        Array.from(offsets, (offset) => `spend/${partition}/${offset}`),
      )
      ids.push(told[1], told[told.length - 1])
    }
    await opened.close()
    const replays = (await askChild({ kind: 'replay', file, log, ids })) as PeriodReplay[]
    expect(
      replays.map(({ topic, partition, offset }) => `${topic}/${partition}/${offset}`),
    ).toEqual(ids)
    expect(replays.filter(({ equal, steps }) => !equal || steps.length !== 1)).toEqual([])
    for (const { key, to, value } of replays)
      expect(JSON.parse(value)).toMatchObject({ user: key, to })
    const none = askChild({ kind: 'replay', file, log, ids: ['spend/0/4000'] })
    await expect(none).rejects.toThrow("a row of a period must be a record of 'spend'")
  })

  it('makes a training set that names the ranges of both topics', async () => {
    const out = join(root, 'set.parquet')
    const report = (await askChild({ kind: 'dataset', file, log, out })) as DatasetReport
    expect(report.rows).toBe(50)
    expect(report.ranges.map(({ topic, partition }) => `${topic}/${partition}`)).toEqual([
      'desk/0',
      'desk/1',
      'desk/2',
      'web/0',
      'web/1',
    ])
  })
})
