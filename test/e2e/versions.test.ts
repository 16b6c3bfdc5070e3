import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { openLog } from '../../src/index.ts'
import { artefactPlaces } from '../../src/runner/versions/artefacts.ts'
import { lastRun, record } from '../../src/runner/control.ts'
import { eachReceiptBlock } from '../../src/runner/provenance/receipts.ts'
import type { Replay } from '../../src/runner/provenance/replay.ts'
import type { RunStatus } from '../../src/runner/run-pipeline.ts'
import { askChild, kill, killTree, startChild, workersOf } from './ask-child.ts'
import { definition, OrderFolders } from './order-folders.ts'

const TREES = fileURLToPath(new URL('../models/fixtures/trees.onnx', import.meta.url))
const ORDERS = 200

const folders = new OrderFolders()
afterAll(() => folders.remove())

describe('the version of a model', () => {
  it(
    'is that of the start of the run, whatever lies in its file when a worker starts again, and that of the receipt in a replay',
    { timeout: 120_000 },
    async () => {
      const log = await folders.of(ORDERS, [])
      const model = join(log, '..', 'risk.onnx')
      copyFileSync(TREES, model)
      process.env.MILLRACE_TEST_MODEL = model
      const file = definition('trees')
      let changed = false
      const { child, result } = startChild(
        { kind: 'run', file, log, untilEnd: true, workers: 1, batchRows: 1 },
        () => {
          const [worker] = workersOf(child)
          if (changed || worker === undefined) return
          changed = true
          writeFileSync(model, 'no model at all')
          kill(worker)
        },
      )
      const status = (await result) as RunStatus
      killTree(child)
      expect(changed).toBe(true)
      expect(status.restarts).toBeGreaterThan(0)
      const digest = createHash('sha256').update(readFileSync(TREES)).digest('hex')
      expect(await receiptDigests(log)).toEqual({ rows: ORDERS, digests: [digest] })
      const ids = ['shop-1']
      const replays = (await askChild({ kind: 'replay', file, log, ids })) as Replay[]
      expect(replays.length).toBeGreaterThan(0)
      expect(replays.filter(({ equal }) => !equal)).toEqual([])
    },
  )

  async function receiptDigests(folder: string): Promise<{ rows: number; digests: string[] }> {
    const { log } = await openLog(folder)
    const digests = new Set<string>()
    let rows = 0
    await eachReceiptBlock(log, 'orders', ({ block, meta }) => {
      rows += block.rows
      if (block.rows > 0) digests.add(meta.digest)
    })
    expect([...(await artefactPlaces(log)).keys()]).toEqual([...digests])
    await log.close()
    return { rows, digests: [...digests] }
  }
})

describe('a worker whose plan is not the one the pipeline was started with last', () => {
  it('refuses to start, and its run says so', { timeout: 120_000 }, async () => {
    const folder = await folders.of(10, [])
    const { child, result } = startChild(
      { kind: 'run', file: definition('throws'), log: folder, workers: 1 },
      (status) => {
        if (status.stages.every(({ ended }) => ended)) ready.resolve()
      },
    )
    const ready = Promise.withResolvers<void>()
    const failed = result.catch((error: unknown) => String(error))
    await ready.promise
    const { log } = await openLog(folder)
    const run = await lastRun(log, 'orders')
    if (run === undefined) throw new Error('the run must be in the control topic')
    await record(log, { ...run, plan: 'another plan' })
    kill(workersOf(child)[0])
    expect(await failed).toMatch(/must be the one 'orders' was started with last/)
    await log.close()
    killTree(child)
  })
})
