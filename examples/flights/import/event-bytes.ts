// JSON events written byte by byte into columns: a tenth of what JSON.stringify and an object per event cost.
import type { Records } from '../../../src/contracts/log.ts'

const MINUTE = 60_000
const DIGIT_0 = 48

/** An event is at most that long: fixed text, an id, a time, two airports and a number. */
const EVENT_BYTES_MAX = 160
const KEY_BYTES = 8

/** ASCII text as bytes. */
export function ascii(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'))
}

/** The id of a flight: its row in the file, from 1: `F0000001`. */
export function flightId(row: number): string {
  return `F${String(row + 1).padStart(7, '0')}`
}

export function flightRow(id: string): number {
  return Number(id.slice(1)) - 1
}

/** Collects events `{"id":..,"at":..,"origin":..,"destination":..,"<last>":..}`, keyed by the id. */
export class EventBytes {
  readonly #records: {
    count: number
    times: Float64Array
    keyEnds: Uint32Array
    keys: Uint8Array
    valueEnds: Uint32Array
    values: Uint8Array
    headerEnds: Uint32Array
    headers: Uint8Array
  }
  readonly #last: Uint8Array
  /** The minute whose text is in `#minuteText`. */
  #minute = Number.NaN
  #minuteText: Uint8Array = new Uint8Array(0)
  #at = 0

  static readonly #id: Uint8Array = ascii('{"id":"')
  static readonly #time: Uint8Array = ascii('","at":"')
  static readonly #origin: Uint8Array = ascii('Z","origin":"')
  static readonly #destination: Uint8Array = ascii('","destination":"')

  /** @param last name of the last field. @param room events that fit before `reset`. */
  constructor(last: string, room: number) {
    this.#last = ascii(`","${last}":`)
    this.#records = {
      count: 0,
      times: new Float64Array(room),
      keyEnds: new Uint32Array(room + 1),
      keys: new Uint8Array(room * KEY_BYTES),
      valueEnds: new Uint32Array(room + 1),
      values: new Uint8Array(room * EVENT_BYTES_MAX),
      headerEnds: new Uint32Array(room + 1),
      headers: new Uint8Array(0),
    }
  }

  get full(): boolean {
    return this.#records.count === this.#records.times.length
  }

  get records(): Records {
    return this.#records
  }

  reset(): void {
    this.#records.count = 0
    this.#at = 0
  }

  add(event: {
    readonly row: number
    readonly time: number
    readonly origin: Uint8Array
    readonly destination: Uint8Array
    readonly value: number
  }): void {
    const records = this.#records
    const { values, keys, count } = records
    this.#bytes(EventBytes.#id)
    const id = this.#at
    values[this.#at++] = 70 // F
    this.#digits(event.row + 1, 7)
    for (let i = 0; i < KEY_BYTES; i++) keys[count * KEY_BYTES + i] = values[id + i]
    this.#bytes(EventBytes.#time)
    this.#isoTime(event.time)
    this.#bytes(EventBytes.#origin)
    this.#bytes(event.origin)
    this.#bytes(EventBytes.#destination)
    this.#bytes(event.destination)
    this.#bytes(this.#last)
    this.#integer(event.value)
    values[this.#at++] = 125 // }
    records.times[count] = event.time
    records.keyEnds[count + 1] = (count + 1) * KEY_BYTES
    records.valueEnds[count + 1] = this.#at
    records.count++
  }

  #bytes(from: Uint8Array): void {
    const { values } = this.#records
    for (let i = 0; i < from.length; i++) values[this.#at++] = from[i]
  }

  #digits(value: number, width: number): void {
    const { values } = this.#records
    for (let i = this.#at + width - 1; i >= this.#at; i--) {
      values[i] = DIGIT_0 + (value % 10)
      value = Math.trunc(value / 10)
    }
    this.#at += width
  }

  #integer(value: number): void {
    if (value < 0) this.#records.values[this.#at++] = 45 // -
    const size = Math.abs(value)
    this.#digits(size, size < 10 ? 1 : size < 100 ? 2 : size < 1000 ? 3 : size < 10_000 ? 4 : 5)
  }

  /** `2001-01-01T00:01:00.000`: events come in time order, so most share their minute with the one before. */
  #isoTime(time: number): void {
    const minute = Math.floor(time / MINUTE)
    if (minute !== this.#minute) {
      this.#minute = minute
      this.#minuteText = ascii(new Date(minute * MINUTE).toISOString().slice(0, 17))
    }
    const rest = time - minute * MINUTE
    this.#bytes(this.#minuteText)
    this.#digits(Math.trunc(rest / 1000), 2)
    this.#records.values[this.#at++] = 46 // .
    this.#digits(rest % 1000, 3)
  }
}
