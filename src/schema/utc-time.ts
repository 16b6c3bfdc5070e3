// Tells common UTC times from all other bytes, so that a pattern is asked only about the odd ones.

/** Whether [start, end) is `YYYY-MM-DDTHH:MM:SS[.d{1,9}]Z` of a day every month has. Any no means: ask the pattern. */
export function isCommonUtcTime(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length < 20 || length > 30 || bytes[end - 1] !== 90) return false
  const month = two(bytes, start + 5)
  const day = two(bytes, start + 8)
  if (
    bytes[start + 4] !== 45 ||
    bytes[start + 7] !== 45 ||
    bytes[start + 10] !== 84 ||
    bytes[start + 13] !== 58 ||
    bytes[start + 16] !== 58 ||
    two(bytes, start) > 99 ||
    two(bytes, start + 2) > 99 ||
    month > 12 ||
    month === 0 ||
    day > 28 ||
    day === 0 ||
    two(bytes, start + 11) > 23 ||
    two(bytes, start + 14) > 59 ||
    two(bytes, start + 17) > 59
  )
    return false
  if (length === 20) return true
  if (bytes[start + 19] !== 46 || length === 21) return false
  for (let i = start + 20; i < end - 1; i++) if ((bytes[i] ^ 48) > 9) return false
  return true
}

/** Two digits as a number; above 99 for anything else. */
function two(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] ^ 48
  const ones = bytes[at + 1] ^ 48
  return tens > 9 || ones > 9 ? 100 : tens * 10 + ones
}
