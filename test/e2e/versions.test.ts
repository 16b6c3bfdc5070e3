import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { statusLines } from '../../src/cli/terminal/status-text.ts'
import { style } from '../../src/cli/terminal/style.ts'
import { openLog } from '../../src/index.ts'
import { artefactPlaces } from '../../src/runner/versions/artefacts.ts'
import { lastRun, record } from '../../src/runner/control.ts'
import { eachReceiptBlock } from '../../src/runner/provenance/receipts.ts'
import type { Replay } from '../../src/runner/provenance/replay.ts'
import type { RunStatus } from '../../src/runner/run-status.ts'
import { askChild, kill, killTree, startChild, statusOf, workersOf } from './ask-child.ts'
import { definition, OrderFolders } from './order-folders.ts'
import { millrace, type Said } from './payments-folder.ts'

const TREES = fileURLToPath(new URL('../models/fixtures/trees.onnx', import.meta.url))
const ORDERS = 200
const START = Date.UTC(2026, 0, 1)

const folders = new OrderFolders()
afterAll(() => folders.remove())

describe('the version of a model', () => {
  it('is that of the start of the run, whatever lies in its file when a worker starts again, and that of the receipt in a replay', async () => {
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
  })

  it('that cannot be loaded ends a run before anything is written, on a new log and on one that has run the version before', async () => {
    const log = await folders.of(20, [])
    const model = join(log, '..', 'risk.onnx')
    copyFileSync(TREES, model)
    process.env.MILLRACE_TEST_MODEL = model
    const run = (folder: string): Said =>
      millrace(['run', definition('trees'), '--log', folder, '--until-end', '--workers', '1'])
    expect(run(log).code).toBe(0)
    const before = await runIn(log)
    expect(before?.models).toHaveProperty('risk')
    writeFileSync(model, 'no model at all')
    const nowhere = join(log, '..', 'new')
    for (const folder of [log, nowhere]) {
      const { code, err } = run(folder)
      expect(code).toBe(1)
      expect(err).toContain('ML_MODEL')
    }
    expect(await runIn(log)).toEqual(before)
    expect(existsSync(nowhere)).toBe(false)
  }, 60_000)

  async function runIn(folder: string): ReturnType<typeof lastRun> {
    const { log } = await openLog(folder)
    const run = await lastRun(log, 'orders')
    await log.close()
    return run
  }

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

describe('another version of a model', () => {
  it('leaves what waits to be judged as the predictions of the one before, and status tells of both', async () => {
    const folder = folders.empty()
    const place = { file: definition('judged'), log: join(folder, 'log') }
    const model = join(folder, 'risk.onnx')
    process.env.MILLRACE_TEST_MODEL = model
    const first = readFileSync(TREES)
    // Another name of its producer (field 2 of ONNX's ModelProto): other bytes that say the same.
    const second = Buffer.concat([first, Buffer.from([0x12, 1, 0x78])])
    writeFileSync(model, first)
    await folders.write(place.log, {
      topic: 'orders',
      rows: orders(0, 40),
      until: START + 40_000,
    })
    await folders.write(place.log, { topic: 'returns', rows: [], until: START })
    const predicted = Promise.withResolvers<void>()
    const { child, result } = startChild({ kind: 'run', ...place, workers: 1 }, (status) => {
      const sum = status.stages.reduce((all, { counts }) => all + (counts.rows ?? 0), 0)
      if (sum === 40) predicted.resolve()
    })
    await Promise.race([predicted.promise, result])
    // What it has counted may be durable a moment later.
    while ((await statusOf(place)).predictions !== 40);
    killTree(child)
    await result
    writeFileSync(model, second)
    await folders.write(place.log, { topic: 'orders', rows: orders(40, 50), until: 'end' })
    const returns = [3, 30, 45].map((i) => ({ order: `order-${i}`, at: START + 60_000 }))
    await folders.write(place.log, { topic: 'returns', rows: returns, until: 'end' })
    await askChild({ kind: 'run', ...place, workers: 1, untilEnd: true })
    const report = await statusOf(place)
    const lines = statusLines({ report }, style(false, 400))
    const digests = [second, first].map((bytes) => createHash('sha256').update(bytes).digest('hex'))
    expect(report).toMatchObject({
      models: {
        risk: [
          { version: digests[0], judged: 10, months: [{ positives: 0.1 }] },
          { version: digests[1], judged: 40, months: [{ positives: 0.05 }] },
        ],
      },
    })
    const [newest, before] = digests.map((digest) => digest.slice(0, 16))
    expect(lines.join('\n')).toMatch(new RegExp(`model risk, version ${newest}: log loss`))
    expect(lines.join('\n')).toMatch(new RegExp(`before: version ${before}: log loss`))
  })

  function orders(from: number, to: number): { at: number }[] {
    return Array.from({ length: to - from }, (_, i) => ({
      id: `order-${from + i}`,
      shop: `shop-${i % 7}`,
      amount: 1 + i,
      at: START + (from + i) * 1000,
    }))
  }
})

describe('a worker whose plan is not the one the pipeline was started with last', () => {
  it('refuses to start, and its run says so', async () => {
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
