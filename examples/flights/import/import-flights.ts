// The outside world of the example: writes every flight twice, when it leaves and when it lands, in time order.
// Landings lie in the future of their departure; a flight waits in the air until time has come that far.
import { DefinitionError } from '../../../src/base/errors.ts'
import { countText } from '../../../src/base/figures.ts'
import type { Log } from '../../../src/contracts/log.ts'
import { ascii } from './event-bytes.ts'
import { openFlights, type FlightRows } from './flight-rows.ts'
import { FlightTopic } from './flight-topic.ts'
import { FlightsInAir } from './flights-in-air.ts'
import { lastRow } from './position.ts'

export interface ImportOptions {
  readonly log: Log
  /** `flights-3m.parquet` of vega-datasets. */
  readonly file: string
  readonly partitions: number
  /** Departures, and their landings. Default: all. */
  readonly limit?: number
  readonly signal?: AbortSignal
  /** Called about every hundred thousand departures. */
  readonly onProgress?: (progress: ImportProgress) => void
}

export interface ImportProgress {
  readonly departures: number
  readonly landings: number
  /** Departures there will be. */
  readonly total: number
}

export interface ImportReport extends ImportProgress {
  /** Landings whose delay is outside of [-120, 1440] minutes: bad events by the schema of the example. */
  readonly absurdDelays: number
  /** Events that this run has written; the rest was there. */
  readonly written: number
  readonly interrupted: boolean
}

const MINUTE = 60_000
const PROGRESS_EVERY = 10 * MINUTE
const REPORT_EVERY = 100_000
/** A flight rolls and climbs for half an hour and then makes 500 miles an hour. */
const ON_GROUND = 30 * MINUTE
const MS_PER_MILE = 3_600_000 / 500

/** When a flight landed: the data has only its delay, so this is derived. Absurd delays are clamped, for the time only. */
export function landingTime(departure: number, miles: number, delayMinutes: number): number {
  const delay = Math.min(Math.max(delayMinutes, -30), 24 * 60)
  return departure + ON_GROUND + miles * MS_PER_MILE + delay * MINUTE
}

export function isAbsurd(delayMinutes: number): boolean {
  return delayMinutes < -120 || delayMinutes > 1440
}

/**
 * Writes the topics `departures` and `landings` to their end. Stopped at any point and called again, it goes on
 * exactly where it was: the topics are then the same, record by record, as after one run.
 * @throws DefinitionError ML_USAGE when the log holds an import of another length.
 */
export async function importFlights(options: ImportOptions): Promise<ImportReport> {
  const { log, partitions } = options
  const flights = await openFlights(options.file)
  const total = Math.min(options.limit ?? Infinity, flights.count)
  const departures = await FlightTopic.open(log, {
    name: 'departures',
    partitions,
    lastField: 'miles',
  })
  const landings = await FlightTopic.open(log, {
    name: 'landings',
    partitions,
    lastField: 'delayMinutes',
  })
  await checkLength(log, departures, total)
  const run = new ImportRun({ departures, landings, airports: flights.airports, total, options })
  for await (const rows of flights.groups(total)) if (!(await run.take(rows))) break
  return run.finish()
}

async function checkLength(log: Log, departures: FlightTopic, total: number): Promise<void> {
  const { found } = departures
  const ended = found.time === Infinity
  const length = (ended ? await lastRow(log, 'departures') : found.row) + 1
  if (ended ? length === total : length <= total) return
  throw new DefinitionError(
    `the import must be of ${countText(total)} departures; found ${countText(length)} in this folder` +
      `${ended ? ', and their end' : ''}: start over with --fresh, use another folder with --data, or ask for as many with --limit ${length}`,
    { code: 'ML_USAGE', details: { topic: 'departures' } },
  )
}

class ImportRun {
  readonly #departures: FlightTopic
  readonly #landings: FlightTopic
  readonly #airports: readonly string[]
  readonly #airportBytes: Uint8Array[] = []
  readonly #inAir = new FlightsInAir()
  readonly #options: ImportOptions
  readonly #total: number
  #boundary = -Infinity
  #departed = 0
  #landed = 0
  #absurd = 0
  #interrupted = false

  constructor(parts: {
    readonly departures: FlightTopic
    readonly landings: FlightTopic
    readonly airports: readonly string[]
    readonly total: number
    readonly options: ImportOptions
  }) {
    this.#departures = parts.departures
    this.#landings = parts.landings
    this.#airports = parts.airports
    this.#total = parts.total
    this.#options = parts.options
  }

  /** Whether there is more to take. */
  async take(rows: FlightRows): Promise<boolean> {
    const { departures, miles, delays, origins, destinations } = rows
    this.#knowAirports()
    for (let i = 0; i < rows.count && this.#departed < this.#total; i++) {
      const row = rows.first + i
      const time = departures[i]
      if (time >= this.#boundary) {
        if (this.#options.signal?.aborted === true) this.#interrupted = true
        if (this.#interrupted) return false
        await this.#advance(time)
      }
      this.#landUntil(time)
      const origin = this.#airportBytes[origins[i]]
      const destination = this.#airportBytes[destinations[i]]
      this.#departures.add({ row, time, origin, destination, value: miles[i] })
      this.#departed++
      if (isAbsurd(delays[i])) this.#absurd++
      this.#inAir.add({
        landsAt: landingTime(time, miles[i], delays[i]),
        row,
        delay: delays[i],
        origin: origins[i],
        destination: destinations[i],
      })
      if (this.#departed % REPORT_EVERY === 0) this.#options.onProgress?.(this.#progress())
    }
    return this.#departed < this.#total
  }

  async finish(): Promise<ImportReport> {
    if (!this.#interrupted) {
      await this.#departures.end()
      while (this.#inAir.count > 0) {
        if (this.#inAir.nextAt >= this.#boundary) await this.#advance(this.#inAir.nextAt)
        this.#landUntil(this.#boundary - 1)
      }
      await this.#landings.end()
    }
    await Promise.all([this.#departures.close(), this.#landings.close()])
    return {
      ...this.#progress(),
      absurdDelays: this.#absurd,
      written: this.#departures.written + this.#landings.written,
      interrupted: this.#interrupted,
    }
  }

  /** Brings both topics to the last multiple of ten minutes that is not after `time`. */
  async #advance(time: number): Promise<void> {
    const reached = Math.floor(time / PROGRESS_EVERY) * PROGRESS_EVERY
    this.#landUntil(reached - 1)
    if (this.#departed < this.#total) await this.#departures.progress(reached)
    await this.#landings.progress(reached)
    this.#boundary = reached + PROGRESS_EVERY
  }

  #landUntil(time: number): void {
    while (this.#inAir.nextAt <= time) {
      const flight = this.#inAir.land()
      this.#landings.add({
        row: flight.row,
        time: flight.landsAt,
        origin: this.#airportBytes[flight.origin],
        destination: this.#airportBytes[flight.destination],
        value: flight.delay,
      })
      this.#landed++
    }
  }

  #knowAirports(): void {
    for (let i = this.#airportBytes.length; i < this.#airports.length; i++) {
      this.#airportBytes.push(ascii(this.#airports[i]))
    }
  }

  #progress(): ImportProgress {
    return { departures: this.#departed, landings: this.#landed, total: this.#total }
  }
}
