import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flightId } from '../../examples/flights/import/event-bytes.ts'
import { Prng } from '../../src/base/prng.ts'
import type { DatasetReport } from '../../src/runner/provenance/dataset.ts'
import type { Explanation } from '../../src/contracts/explanation.ts'
import type { Replay } from '../../src/runner/provenance/replay.ts'
import type { RunOptions } from '../../src/runner/run-options.ts'
import type { RunStatus } from '../../src/runner/run-status.ts'
import { askChild } from './ask-child.ts'
import { FLIGHTS, FlightsFolders } from './flights-folder.ts'
import { countTies } from './count-ties.ts'
import {
  countsOf,
  differences,
  firstDifference,
  readOutputs,
  type Outputs,
} from './read-outputs.ts'

const LIMIT = 5_000
const SMALL = 500
const folders = new FlightsFolders()

interface Ran {
  readonly folder: string
  readonly status: RunStatus
  readonly outputs: Outputs
}

async function ran(
  limit: number,
  { sources, ...options }: Partial<RunOptions> & { readonly sources?: number } = {},
): Promise<Ran> {
  const folder = folders.copy(limit, sources)
  const run = { file: FLIGHTS, log: folder, untilEnd: true, partitions: 2, workers: 2, ...options }
  const status = (await askChild({ kind: 'run', ...run })) as RunStatus
  expect(status.ended).toBe(true)
  return { folder, status, outputs: await readOutputs(folder) }
}

let whole: Ran
beforeAll(async () => {
  whole = await ran(LIMIT)
})
afterAll(() => folders.remove())

describe('a run of the flights example', () => {
  it('has counts that balance, with each other and with what lies in the log', () => {
    const { status, outputs } = whole
    const [source, stage, join] = (['source', 'stage', 'join'] as const).map((kind) =>
      countsOf(status, kind),
    )
    expect(source.records).toBe(2 * LIMIT)
    expect(source.events + source.bad + source.late + source.ahead).toBe(source.records)
    expect(stage.rows).toBe(3 * LIMIT)
    expect(stage).toMatchObject({ predictions: LIMIT, unpredicted: 0, setAside: 0 })
    expect(join.predictions).toBe(LIMIT)
    expect(join.labels).toBe(source.events - LIMIT)
    expect(join.joined + join.orphaned + join.duplicate + join.revised).toBe(join.labels)
    expect(join.joined + join.expired + join.repeated).toBe(join.predictions)
    const { topics, receipts, examples, astray } = outputs
    expect(topics.predictions).toHaveLength(LIMIT)
    expect(topics.warnings.length).toBeGreaterThan(0)
    expect(topics.predictions.length + topics.warnings.length).toBe(stage.written)
    expect(topics['late-flights.dead-letters']).toHaveLength(source.bad + source.ahead)
    expect(topics['departures.late'].length + topics['landings.late'].length).toBe(source.late)
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(LIMIT)
    expect(receipts).toHaveLength(LIMIT)
    expect(examples).toHaveLength(join.labels + join.expired)
    expect(astray).toEqual([])
  })

  it.each([7, 1000])(
    'writes the same bytes in batches of %i rows',
    async (batchRows) => {
      const { outputs } = await ran(LIMIT, { batchRows })
      expect(differences(whole.outputs, outputs)).toEqual([])
      expect(outputs.astray).toEqual([])
    },
    120_000,
  )

  it('writes the same bytes row by row', async () => {
    const { outputs } = await ran(SMALL)
    const { outputs: single } = await ran(SMALL, { batchRows: 1 })
    expect(single.topics.predictions).toHaveLength(SMALL)
    expect(differences(outputs, single)).toEqual([])
    expect(single.astray).toEqual([])
  })
})

/** Predictions and receipts by flight, whatever partition they lie in. */
function byFlight({ topics, receipts }: Outputs): string[] {
  const predictions = topics.predictions.map((line) => line.slice(line.indexOf('{')))
  return [...predictions, ...receipts.map(({ id, line }) => `${id} ${line}`)].toSorted()
}

/** As `byFlight`, without where the event lay: for runs over other partitions of the source. */
function bySight({ topics, receipts }: Outputs): string[] {
  const predictions = topics.predictions.map((line) => line.slice(line.indexOf('{')))
  const seen = receipts.map(({ id, line }) => `${id} ${line.split(' ').slice(4).join(' ')}`)
  return [...predictions, ...seen].toSorted()
}

describe('what is predicted for a flight, and from what', () => {
  it.each([
    { partitions: 1, workers: 1 },
    { partitions: 1, workers: 2 },
    { partitions: 2, workers: 1 },
    { partitions: 8, workers: 1 },
    { partitions: 8, workers: 2 },
  ])(
    'is the same with partitions: $partitions, workers: $workers, ties included',
    async (options) => {
      const { outputs } = await ran(LIMIT, options)
      expect(firstDifference(byFlight(whole.outputs), byFlight(outputs))).toBeUndefined()
      if (options.partitions === 2) expect(differences(whole.outputs, outputs)).toEqual([])
      expect(outputs.astray).toEqual([])
    },
    120_000,
  )

  it('is the same when the flights come from one partition, though rows of equal time then change places', async () => {
    const { outputs } = await ran(LIMIT, { sources: 1 })
    const ties = await countTies(whole.folder)
    // oxlint-disable-next-line no-console
    console.info(`rows that tie with one of another source partition, of ${2 * LIMIT}: ${ties}`)
    expect(ties).toBeGreaterThan(0)
    expect(firstDifference(bySight(whole.outputs), bySight(outputs))).toBeUndefined()
  })
})

describe('a prediction that lies in the log', () => {
  const random = new Prng(11)
  const ids = Array.from({ length: 12 }, () => flightId(random.below(LIMIT)))

  it('is derived again from the log, bit for bit', async () => {
    const replays = (await askChild({
      kind: 'replay',
      ids,
      file: FLIGHTS,
      log: whole.folder,
    })) as Replay[]
    expect(replays.map(({ explanation }) => explanation.id)).toEqual(ids)
    for (const { steps, planDifferences } of replays) {
      expect(planDifferences).toEqual([])
      // The source and three stages.
      expect(steps).toHaveLength(4)
      expect(steps.filter(({ equal, bytes }) => !equal || bytes === 0)).toEqual([])
    }
  })

  it('is explained by the features that the dataset has', async () => {
    const place = { file: FLIGHTS, log: whole.folder }
    const told = (await askChild({ kind: 'explain', ids, ...place })) as Explanation[]
    const out = folders.path('dataset.parquet')
    const report = (await askChild({ kind: 'dataset', out, ...place })) as DatasetReport
    expect(report).toMatchObject({ rows: LIMIT, labelled: countsOf(whole.status, 'join').joined })
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(out), compressors })
    const byId = new Map(rows.map((row) => [row.id, row]))
    expect(byId.size).toBe(LIMIT)
    for (const { id, time, features, labels } of told) {
      const label = labels.find(({ outcome }) => outcome === 'joined')?.label
      expect(byId.get(id)).toEqual({ id, time, ...nulled(features), label: label ?? null })
    }
    expect(told).toHaveLength(ids.length)
  })
})

/** As Parquet has it: nothing is null. */
function nulled(features: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(features).map(([name, value]) => [name, value ?? null]))
}
