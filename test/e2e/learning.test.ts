import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { Explanation } from '../../src/contracts/explanation.ts'
import { openLog } from '../../src/index.ts'
import type { Replay } from '../../src/runner/provenance/replay.ts'
import type { RunStatus } from '../../src/runner/run-status.ts'
import { rowsOfShift, START } from '../testing/learning-sensors.ts'
import { askChild, killTree, startChild } from './ask-child.ts'
import { OrderFolders } from './order-folders.ts'
import { countsOf, linesOf } from './read-outputs.ts'

const FILE = fileURLToPath(new URL('./pipelines/learns.ts', import.meta.url))
const READINGS = 600
const KILLS = 2

const folders = new OrderFolders()
afterAll(() => folders.remove())

async function filled(): Promise<string> {
  const folder = folders.empty()
  const { readings, checks } = rowsOfShift(READINGS)
  await folders.write(folder, { topic: 'readings', rows: readings, until: 'end' })
  await folders.write(folder, { topic: 'checks', rows: checks, until: 'end' })
  return folder
}

async function risksOf(folder: string): Promise<readonly string[]> {
  const { log } = await openLog(folder)
  try {
    return await linesOf(log, 'risks')
  } finally {
    await log.close()
  }
}

/** Kills the whole tree each time it has predicted a share more, then runs on to the end. */
async function runKilled(log: string): Promise<RunStatus> {
  for (let kills = 0; ;) {
    const due = ((kills + 1) * READINGS) / (KILLS + 2)
    const run = {
      kind: 'run',
      file: FILE,
      log,
      untilEnd: true,
      workers: 1,
      batchRows: 100,
    } as const
    const { child, result } = startChild(run, (status, running) => {
      if (kills >= KILLS || (countsOf(status, 'stage').rows ?? 0) < due) return
      killTree(running)
    })
    try {
      const status = (await result) as RunStatus | undefined
      if (status !== undefined) return status
      kills++
    } finally {
      killTree(child)
    }
  }
}

describe('a model that learns, killed with kill -9', () => {
  it(
    'predicts the same bytes, says what it had learnt, and derives it again',
    { timeout: 300_000 },
    async () => {
      const [calm, killed] = [await filled(), await filled()]
      await askChild({ kind: 'run', file: FILE, log: calm, untilEnd: true, workers: 1 })
      const status = await runKilled(killed)
      expect(countsOf(status, 'learner')).toMatchObject({ learnt: 590 + READINGS, badFeature: 10 })
      const risks = await risksOf(killed)
      expect(risks).toHaveLength(READINGS)
      expect(risks).toEqual(await risksOf(calm))

      const asked = { file: FILE, log: killed, ids: ['r0', 'r400', 'r599'] }
      const told = (await askChild({ kind: 'explain', ...asked })) as Explanation[]
      expect(told.map(({ model }) => model.learnt?.snapshot === 0)).toEqual([true, false, false])
      const last = told[2].model.learnt
      expect(last?.until).toBe(START + Math.floor((599 * 20) / 600) * 600_000)
      expect(last?.examples).toBeGreaterThan(400)
      const replays = (await askChild({ kind: 'replay', ...asked })) as Replay[]
      expect(replays.map(({ equal }) => equal)).toEqual([true, true, true])
    },
  )
})
