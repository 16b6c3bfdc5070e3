// The importer of the flights example: what it writes is what the data says, and no kill changes a record of it.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterEach, describe, expect, it } from 'vitest'
import { flightsFile } from '../../examples/flights/import/flights-file.ts'
import { FlightsInAir, type FlightInAir } from '../../examples/flights/import/flights-in-air.ts'
import {
  importFlights,
  isAbsurd,
  landingTime,
  type ImportReport,
} from '../../examples/flights/import/import-flights.ts'
import { ConnectorError } from '../../src/base/errors.ts'
import { Prng } from '../../src/base/prng.ts'
import { recordText } from '../../src/base/records.ts'
import type { Log, Writer } from '../../src/contracts/log.ts'
import { progressOf } from '../../src/contracts/progress.ts'
import { openFolder } from '../../src/log/embedded/open-folder.ts'

const LIMIT = 6_000
const MINUTE = 60_000
const file = flightsFile()

interface Read {
  readonly key: string
  readonly value: string
  readonly time: number
  /** Set for a progress record. */
  readonly progress: number | undefined
}

const open: { log: Log; folder: string }[] = []
afterEach(async () => {
  for (const { log, folder } of open.splice(0)) {
    await log.close()
    rmSync(folder, { recursive: true })
  }
})

async function newLog(): Promise<Log> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-import-'))
  const log = await openFolder(folder, { journalBytes: 1 << 20, segmentBytes: 1 << 20 })
  open.push({ log, folder })
  return log
}

async function readPartition(log: Log, topic: string, partition: number): Promise<Read[]> {
  const out: Read[] = []
  for (let offset = 0; ;) {
    const { runs, next } = await log.read([{ topic, partition, offset }], {
      maxBytes: 1 << 20,
      maxWaitMs: 0,
    })
    for (const { records } of runs) {
      for (let row = 0; row < records.count; row++) {
        out.push({
          key: recordText(records, row, 'key'),
          value: recordText(records, row, 'value'),
          time: records.times[row],
          progress: progressOf(recordText(records, row, 'headers')),
        })
      }
    }
    offset = next[0].offset
    if (offset >= next[0].end) return out
  }
}

async function readTopics(log: Log): Promise<Record<string, Read[][]>> {
  const out: Record<string, Read[][]> = {}
  for (const { name, partitions } of await log.topics()) {
    out[name] = []
    for (let i = 0; i < partitions; i++) out[name].push(await readPartition(log, name, i))
  }
  return out
}

/** A log that its process loses for good after so many appends; the last of them may have happened or not. */
function lostAfter(log: Log, appends: number, lastHappens: boolean): Log {
  let left = appends
  const lose = (writer: Writer): Writer => ({
    id: writer.id,
    epoch: writer.epoch,
    close: () => writer.close(),
    append: async (parts) => {
      left--
      if (left > 0) return writer.append(parts)
      if (left === 0 && lastHappens) await writer.append(parts)
      throw new ConnectorError('ML_CONNECTION', 'the log must be reachable; found it gone')
    },
  })
  return {
    ensureTopic: (spec) => log.ensureTopic(spec),
    topics: () => log.topics(),
    topic: (name) => log.topic(name),
    read: (from, options) => log.read(from, options),
    trim: (topic, partition, before) => log.trim(topic, partition, before),
    close: () => log.close(),
    openWriter: async (id) => lose(await log.openWriter(id)),
  }
}

describe.skipIf(!existsSync(file))('importing flights (needs the package vega-datasets)', () => {
  it('writes what the data says: departures and landings, each in time order, with their end', async () => {
    const log = await newLog()
    const report = await importFlights({ log, file, partitions: 1, limit: LIMIT })
    const { departures, landings } = await readTopics(log)
    const rows = await parquetReadObjects({
      file: await asyncBufferFromFile(file),
      rowEnd: LIMIT,
      compressors: { ZSTD: (bytes) => zstdDecompressSync(bytes) },
    })
    const flights = rows.map((row, i) => ({
      id: `F${String(i + 1).padStart(7, '0')}`,
      time: Number(row.date),
      lands: landingTime(Number(row.date), Number(row.distance), Number(row.delay)),
      miles: Number(row.distance),
      delay: Number(row.delay),
      airports: { origin: row.origin, destination: row.destination },
    }))
    const iso = (time: number): string => new Date(time).toISOString()
    const events = (topic: Read[][]): unknown[] =>
      topic[0]
        .filter((record) => record.progress === undefined)
        .map((r) => [r.key, r.time, JSON.parse(r.value)])
    expect(events(departures)).toEqual(
      flights.map(({ id, time, airports, miles }) => [
        id,
        time,
        { id, at: iso(time), ...airports, miles },
      ]),
    )
    const landed = flights.toSorted((a, b) => a.lands - b.lands || a.id.localeCompare(b.id))
    expect(events(landings)).toEqual(
      landed.map(({ id, lands, airports, delay }) => [
        id,
        lands,
        { id, at: iso(lands), ...airports, delayMinutes: delay },
      ]),
    )
    expect(departures[0].at(-1)?.progress).toBe(Infinity)
    expect(landings[0].at(-1)?.progress).toBe(Infinity)
    expect(report).toEqual({
      departures: LIMIT,
      landings: LIMIT,
      total: LIMIT,
      written: 2 * LIMIT,
      absurdDelays: flights.filter((flight) => isAbsurd(flight.delay)).length,
      interrupted: false,
    } satisfies ImportReport)
  })

  it('keeps its word: no event is older than the progress before it, in any partition', async () => {
    const log = await newLog()
    await importFlights({ log, file, partitions: 3, limit: LIMIT })
    const partitions = Object.values(await readTopics(log)).flat()
    for (const records of partitions) {
      let bound = -Infinity
      let before = -Infinity
      for (const { time, progress } of records) {
        expect(time).toBeGreaterThanOrEqual(Math.min(before, time))
        if (progress === undefined) expect(time).toBeGreaterThanOrEqual(Math.max(bound, before))
        else bound = Math.max(bound, progress)
        before = time
      }
      expect(records.filter((record) => record.progress !== undefined).length).toBeGreaterThan(20)
    }
  })

  it('lost at any append and started again, leaves the topics as one run leaves them', async () => {
    const whole = await newLog()
    await importFlights({ log: whole, file, partitions: 3, limit: LIMIT })
    const expected = await readTopics(whole)
    const random = new Prng(7)
    for (let trial = 0; trial < 6; trial++) {
      const log = await newLog()
      let losses = 0
      for (let done = false; !done;) {
        const faulty = lostAfter(log, 1 + random.below(8), random.chance(0.5))
        const attempt = importFlights({
          log: losses < 4 ? faulty : log,
          file,
          partitions: 3,
          limit: LIMIT,
        })
        done = await attempt.then(
          () => true,
          (error: unknown) => {
            expect(error).toBeInstanceOf(ConnectorError)
            losses++
            return false
          },
        )
      }
      expect(losses).toBeGreaterThan(0)
      expect(await readTopics(log)).toEqual(expected)
    }
  })

  it('stopped by its signal, says so and goes on later; a second run of the end writes nothing', async () => {
    const log = await newLog()
    const stopped = await importFlights({
      log,
      file,
      partitions: 2,
      limit: LIMIT,
      signal: AbortSignal.abort(),
    })
    expect(stopped.interrupted).toBe(true)
    const second = await importFlights({ log, file, partitions: 2, limit: LIMIT })
    expect(second.written + stopped.written).toBe(2 * LIMIT)
    expect((await importFlights({ log, file, partitions: 2, limit: LIMIT })).written).toBe(0)
  })

  it('refuses a folder that holds an import of another length', async () => {
    const log = await newLog()
    await importFlights({ log, file, partitions: 2, limit: 500 })
    await expect(importFlights({ log, file, partitions: 2, limit: 400 })).rejects.toThrow(
      'found 500',
    )
    await expect(importFlights({ log, file, partitions: 2, limit: 600 })).rejects.toThrow(
      'and their end',
    )
  })
})

describe.skipIf(!existsSync(file))('the importer as a process', () => {
  it('ends when it fails, and says why to who started it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-importer-'))
    const main = fileURLToPath(new URL('../../examples/flights/import.ts', import.meta.url))
    const of = (limit: string): SpawnSyncReturns<Buffer> =>
      spawnSync(process.execPath, [main, '--data', folder, '--limit', limit], { timeout: 60_000 })
    expect(of('50').status).toBe(0)
    const other = of('70')
    rmSync(folder, { recursive: true })
    expect(other.status).toBe(1)
    expect(other.stderr.toString()).toMatch(/must be of 70 departures; found 50 .*--fresh/)
  })
})

describe('the time of landing', () => {
  it('is departure, half an hour, the way at 500 miles an hour, and the delay', () => {
    expect(landingTime(0, 1000, 10)).toBe((30 + 120 + 10) * MINUTE)
  })

  it('is clamped where the delay is absurd', () => {
    expect(landingTime(0, 0, -1116)).toBe(0)
    expect(landingTime(0, 0, 1688)).toBe((30 + 1440) * MINUTE)
  })
})

describe('flights in the air', () => {
  it('land in order of time, then of row, however they left', () => {
    const random = new Prng(3)
    const inAir = new FlightsInAir()
    const flights = Array.from({ length: 5000 }, (_, row) => ({
      landsAt: random.below(400),
      row,
      delay: row - 7,
      origin: row % 229,
      destination: row % 31,
    }))
    const landed: FlightInAir[] = []
    for (const [i, flight] of flights.entries()) {
      inAir.add(flight)
      if (i % 3 === 2) landed.push(inAir.land())
    }
    const rest = inAir.count
    for (let i = 0; i < rest; i++) landed.push(inAir.land())
    const tail = landed.slice(-rest)
    expect(tail).toEqual(tail.toSorted((a, b) => a.landsAt - b.landsAt || a.row - b.row))
    expect(landed.toSorted((a, b) => a.row - b.row)).toEqual(flights)
    expect(inAir.nextAt).toBe(Infinity)
  })
})
