// Numbers as people read them. Always in English notation: a report must look the same on every machine.

/** `2,478,120`. Not by `Intl`: the first format of a process costs it 20 ms, and every worker would pay. */
export function countText(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 event`, `2 events`. */
export function countedText(count: number, one: string, many: string = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`
}

/** Decimal units, as devices are sold and `df -H` says: `812 MB`, `1.46 GB`. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000
  return `${unit === 0 ? countText(value) : threeFigures(value)} ${units[unit]}`
}

/** `0.42 s`, `17 s`, `2 min 05 s`, `3 h 20 min`. */
export function secondsText(seconds: number): string {
  return seconds < 9.995 ? `${seconds.toFixed(2)} s` : wholeSecondsText(seconds)
}

/** As `secondsText`, without fractions: for what changes before the eye. */
export function wholeSecondsText(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
}

/** `41.3 %`. */
export function shareText(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** A metric with so many decimals, `-` where it is not defined yet. */
export function metricText(value: number | undefined, decimals: number = 4): string {
  return value === undefined || Number.isNaN(value) ? '-' : value.toFixed(decimals)
}

/** Event time, UTC, to the minute: `2001-03-14 16:20`. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}

function threeFigures(value: number): string {
  return value < 9.995 ? value.toFixed(2) : value < 99.95 ? value.toFixed(1) : countText(value)
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
