// Times as texts: what Date.prototype.toISOString gives, with or without its three digits of a second, and nothing else.

const DAY = 86_400_000
const LENGTH = 20
const DATE_LENGTH = 10
const LENGTH_MS = 24

/** Digits of a second in texts of that length: 0 or 3; undefined: texts of that length are no times. */
export function secondDigits(length: number): number | undefined {
  return length === LENGTH ? 0 : length === LENGTH_MS ? 3 : undefined
}

export function utcLength(digits: number): number {
  return digits === 0 ? LENGTH : LENGTH_MS
}

/** Epoch ms of the text at `at`; NaN where formatting that would not give the same bytes. */
export function parseUtc(bytes: Uint8Array, at: number, digits: number): number {
  const month = two(bytes, at + 5)
  const day = two(bytes, at + 8)
  const hour = two(bytes, at + 11)
  const minute = two(bytes, at + 14)
  const second = two(bytes, at + 17)
  const year = two(bytes, at) * 100 + two(bytes, at + 2)
  const end = at + utcLength(digits) - 1
  if (
    bytes[at + 4] !== 45 ||
    bytes[at + 7] !== 45 ||
    bytes[at + 10] !== 84 ||
    bytes[at + 13] !== 58 ||
    bytes[at + 16] !== 58 ||
    bytes[end] !== 90 ||
    !(hour < 24 && minute < 60 && second < 60 && month <= 12 && day >= 1)
  )
    return Number.NaN
  const days = daysOf(year, month, day)
  let ms = 0
  if (digits === 3) {
    const tens = two(bytes, at + 21)
    if (bytes[at + 19] !== 46 || !(tens < 100)) return Number.NaN
    ms = digit(bytes[at + 20]) * 100 + tens
  }
  return days * DAY + hour * 3_600_000 + minute * 60_000 + second * 1_000 + ms
}

/** The texts of epoch ms, one after the other. */
export function formatUtc(values: Float64Array, digits: number): Uint8Array {
  const length = utcLength(digits)
  const bytes = new Uint8Array(values.length * length)
  let date = Number.NaN
  for (let i = 0, at = 0; i < values.length; i++, at += length) {
    const days = Math.floor(values[i] / DAY)
    // Rows come nearly in the order of time: most have the date of the row before.
    if (days === date) for (let b = at; b < at + DATE_LENGTH; b++) bytes[b] = bytes[b - length]
    else putDate(days, bytes, at)
    date = days
    putTime((values[i] - days * DAY) | 0, digits, { bytes, at: at + DATE_LENGTH })
  }
  return bytes
}

/** @param ofDay ms since midnight, an integer: integers divide several times faster than doubles. */
function putTime(
  ofDay: number,
  digits: number,
  { bytes, at }: { readonly bytes: Uint8Array; readonly at: number },
): void {
  const seconds = (ofDay / 1_000) | 0
  const minutes = (seconds / 60) | 0
  const hours = (minutes / 60) | 0
  bytes[at] = 84
  putTwo(bytes, at + 1, hours)
  bytes[at + 3] = 58
  putTwo(bytes, at + 4, minutes - hours * 60)
  bytes[at + 6] = 58
  putTwo(bytes, at + 7, seconds - minutes * 60)
  let end = at + 9
  if (digits === 3) {
    const ms = ofDay - seconds * 1_000
    const hundreds = (ms / 100) | 0
    bytes[end] = 46
    bytes[end + 1] = 48 + hundreds
    putTwo(bytes, end + 2, ms - hundreds * 100)
    end += 4
  }
  bytes[end] = 90
}

/** Days since 1970 of a date of the Gregorian calendar; NaN for a day that its month does not have. Years 0 to 9999. */
function daysOf(year: number, month: number, day: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const most =
    month === 2
      ? leap
        ? 29
        : 28
      : month === 4 || month === 6 || month === 9 || month === 11
        ? 30
        : 31
  if (!(month >= 1) || day > most) return Number.NaN
  const shifted = month <= 2 ? year - 1 : year
  const cycle = Math.floor(shifted / 400)
  const ofCycle = shifted - cycle * 400
  const ofYear = Math.trunc((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return (
    cycle * 146_097 +
    ofCycle * 365 +
    Math.trunc(ofCycle / 4) -
    Math.trunc(ofCycle / 100) +
    ofYear -
    719_468
  )
}

/** Days to a date by the same calendar of 400 years that begin in March (H. Hinnant, chrono-compatible low-level date algorithms). */
function putDate(days: number, bytes: Uint8Array, at: number): void {
  const shifted = days + 719_468
  const cycle = Math.floor(shifted / 146_097)
  const ofCycle = shifted - cycle * 146_097
  const years = Math.trunc(
    (ofCycle -
      Math.trunc(ofCycle / 1_460) +
      Math.trunc(ofCycle / 36_524) -
      Math.trunc(ofCycle / 146_096)) /
      365,
  )
  const ofYear = ofCycle - (365 * years + Math.trunc(years / 4) - Math.trunc(years / 100))
  const fromMarch = Math.trunc((5 * ofYear + 2) / 153)
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  const year = years + cycle * 400 + (month <= 2 ? 1 : 0)
  putTwo(bytes, at, Math.trunc(year / 100))
  putTwo(bytes, at + 2, year % 100)
  bytes[at + 4] = 45
  putTwo(bytes, at + 5, month)
  bytes[at + 7] = 45
  putTwo(bytes, at + 8, ofYear - Math.trunc((153 * fromMarch + 2) / 5) + 1)
}

function digit(byte: number): number {
  const value = byte - 48
  return value >= 0 && value <= 9 ? value : Number.NaN
}

/** Two digits; NaN for anything else. */
function two(bytes: Uint8Array, at: number): number {
  return digit(bytes[at]) * 10 + digit(bytes[at + 1])
}

function putTwo(bytes: Uint8Array, at: number, value: number): void {
  const tens = (value / 10) | 0
  bytes[at] = 48 + tens
  bytes[at + 1] = 48 + value - tens * 10
}
