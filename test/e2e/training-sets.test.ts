// ENGINE 8: what the stream gave, what a lookup gives, what receipts hold, the set as served and the ideal set are the same bytes; where events were late
// they differ in those alone, and the difference is counted.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MAIN } from '../built/built.ts'
import { Prng } from '../../src/base/prng.ts'
import { HttpRun } from '../http/run-child.ts'
import type { DatasetReport } from '../../src/runner/provenance/dataset.ts'

const PIPELINE = join(import.meta.dirname, 'pipelines/training.ts')
const ROWS = 2000
const FEATURES = ['amount', 'shopName', 'items', 'count1h', 'mean1h', 'frauds1d']
const START = 1_700_000_000_000
const folder = mkdtempSync(join(tmpdir(), 'millrace-training-'))
afterAll(() => rmSync(folder, { recursive: true }))

// In processes of their own: Vitest rewrites sources, and a plan is known by the texts of its functions.
function millrace(args: readonly string[], input: readonly object[] = []): string {
  const lines = input.map((each) => `${JSON.stringify(each)}\n`).join('')
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    input: lines,
    encoding: 'utf8',
  })
  expect([status, status === 0 ? '' : stderr]).toEqual([0, ''])
  return stdout
}

interface Payment {
  readonly id: string
  readonly card: string
  readonly shop: string
  readonly amount: number
  readonly items: readonly number[]
  readonly at: number
}

const random = new Prng(8)
const payments: readonly Payment[] = Array.from({ length: ROWS }, (_, i) => ({
  id: `p${i}`,
  card: `c${random.below(20)}`,
  shop: `s${random.below(5)}`,
  amount: random.below(10_000) / 100 + 0.01,
  items: Array.from({ length: random.below(3) }, () => random.below(1000) / 7),
  at: START + 7000 * i + random.below(7000),
}))
const frauds = payments
  .filter((_, i) => i % 9 === 0)
  .map(({ id, shop, at }) => ({ id, shop, at: at + 3_600_000 }))

/** Some come after others that happened later. */
function outOfOrder(): Payment[] {
  const sorted = payments.map((payment, i) => ({
    payment,
    place: i % 10 === 3 ? i + 1 + random.below(60) : i,
  }))
  return sorted.sort((a, b) => a.place - b.place).map(({ payment }) => payment)
}

function write(log: string, events: readonly Payment[], partitions: number): void {
  const to = [
    'topics',
    'write',
    '--time',
    'at',
    '--end',
    '--log',
    log,
    '--partitions',
    `${partitions}`,
  ]
  millrace([...to, '--key', 'card', 'payments'], events)
  millrace([...to, '--key', 'shop', 'frauds'], frauds)
}

function dataset(log: string, ...flags: readonly string[]): DatasetReport {
  const out = join(folder, 'set.parquet')
  return JSON.parse(millrace(['dataset', PIPELINE, '--log', log, '--out', out, '--json', ...flags]))
}

/** A row without what is no feature. */
function featuresOf(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(FEATURES.map((name) => [name, row[name]]))
}

async function rowsOf(file: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(file) })
}

describe('of a stream whose events are in order', () => {
  const log = join(folder, 'ordered')
  let before: DatasetReport
  beforeAll(() => {
    write(log, payments, 3)
    before = dataset(log, '--as', 'ideal')
    millrace(['run', PIPELINE, '--log', log, '--until-end', '--partitions', '1'])
  })

  it('the set as served and the ideal one are the same, byte for byte', () => {
    const served = dataset(log)
    const ideal = dataset(log, '--as', 'ideal')
    expect(served).toMatchObject({ rows: ROWS, labelled: ROWS })
    expect(ideal.content).toBe(served.content)
    expect(ideal.features).toEqual(served.features)
    expect(ideal.ranges).toEqual(served.ranges)
    expect(ideal.served).toEqual({ same: ROWS, different: 0, onlyIdeal: 0, onlyServed: 0 })
  })

  it('an ideal set needs no run before it', () => {
    expect(before).toMatchObject({ rows: ROWS, labelled: ROWS })
    expect(before.content).toBe(dataset(log, '--as', 'ideal').content)
  })

  it('the stream gave the features that the set has', async () => {
    const set = dataset(log)
    const scores = millrace(['topics', 'tail', 'scores', '--all', '--json', '--log', log])
    const streamed = scores
      .trimEnd()
      .split('\n')
      .map((line): unknown => {
        const { id, features } = JSON.parse(JSON.parse(line).value)
        return { id, ...features }
      })
    const rows = await rowsOf(set.file)
    expect(rows.map(({ id, ...row }) => ({ id, ...featuresOf(row) }))).toEqual(streamed)
    const labels = new Map(rows.map(({ id, label }) => [id, label]))
    expect(payments.every(({ id }, i) => labels.get(id) === (i % 9 === 0 ? 1 : 0))).toBe(true)
  })

  it('an HTTP lookup at the time of an event has the features of its row', async () => {
    const rows = await rowsOf(dataset(log).file)
    const rowById = new Map(rows.map((row) => [row.id, row]))
    const last = new Map(payments.map((payment) => [payment.card, payment]))
    const run = await HttpRun.start([PIPELINE, '--log', log, '--http', '0'])
    try {
      for (const { id, card, at } of last.values()) {
        const { status, text } = await run.ask(`/features/card/${card}?at=${at}`)
        const { count1h, mean1h } = rowById.get(id) ?? {}
        expect([status, JSON.parse(text).features]).toEqual([200, { count1h, mean1h }])
      }
    } finally {
      await run.kill()
    }
  })

  it('a range of times or offsets has its rows, and they are what they are in the whole', async () => {
    const whole = await rowsOf(dataset(log).file)
    const from = new Date(START + 7_000_000).toISOString()
    const to = new Date(START + 9_000_000).toISOString()
    const part = dataset(log, '--as', 'ideal', '--from', from, '--to', to)
    const within = whole.filter(
      ({ time }) => Number(time) >= START + 7_000_000 && Number(time) < START + 9_000_000,
    )
    expect(part).toMatchObject({ rows: within.length, from, to })
    expect(await rowsOf(part.file)).toEqual(within)
    const offsets = dataset(log, '--from', '100', '--to', '110')
    for (const { first, last } of offsets.ranges) expect([first, last]).toEqual([100, 109])
    expect(offsets.rows).toBe(30)
  })

  it('says in its metadata what it is made of', async () => {
    const set = dataset(log)
    const file = await asyncBufferFromFile(set.file)
    const { key_value_metadata: pairs = [] } = await parquetMetadataAsync(file)
    const said = new Map(pairs.map(({ key, value }) => [key, JSON.parse(value ?? '')]))
    expect(said.get('millrace.features')).toEqual(FEATURES)
    const { file: _, served: __, ...about } = set
    expect(said.get('millrace.dataset')).toEqual(about)
    expect(about).toMatchObject({ pipeline: 'training', model: 'fraud', as: 'served' })
    expect(about.features[1]).toEqual({ name: 'shopName', kind: 'string' })
  })
})

describe('of a stream with late events', () => {
  const log = join(folder, 'late')
  beforeAll(() => {
    write(log, outOfOrder(), 3)
    millrace(['run', PIPELINE, '--log', log, '--until-end', '--partitions', '2'])
  })

  it('the ideal set is that of the same events in order, and the difference is counted', () => {
    const ordered = join(folder, 'again')
    write(ordered, payments, 2)
    const expected = dataset(ordered, '--as', 'ideal')
    const ideal = dataset(log, '--as', 'ideal')
    expect(ideal.content).toBe(expected.content)
    const served = dataset(log)
    expect(served.rows).toBeLessThan(ROWS)
    const { same = 0, different = 0, onlyIdeal, onlyServed } = ideal.served ?? {}
    expect(same + different).toBe(served.rows)
    expect(different).toBeGreaterThan(0)
    expect({ onlyIdeal, onlyServed }).toEqual({ onlyIdeal: ROWS - served.rows, onlyServed: 0 })
  })

  it('leaves nothing behind but the set', () => {
    dataset(log, '--as', 'ideal')
    expect(readdirSync(folder).sort()).toEqual(['again', 'late', 'ordered', 'set.parquet'])
    expect(readFileSync(join(folder, 'set.parquet')).subarray(0, 4).toString()).toBe('PAR1')
  })
})
