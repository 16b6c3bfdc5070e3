// The events of a body, byte for byte: one, or one a line. Nothing is parsed here; only what no limit allows is refused.
import type { HttpLimits } from './limits.ts'
import { Refused } from './refusal.ts'

const LF = 10
const QUOTE = 34
const BACKSLASH = 92
const isSpace = (byte: number): boolean => byte === 32 || byte === 9 || byte === 13 || byte === LF

/** @throws Refused 413 beyond the limits, 400 for no event at all. */
export function eventsOf(body: Buffer, lines: boolean, limits: HttpLimits): Buffer[] {
  const events = lines ? linesOf(body) : [body]
  const kept = events.flatMap((event) => {
    const bare = trimmed(event)
    return bare.length === 0 ? [] : [bare]
  })
  if (kept.length === 0)
    throw new Refused(400, 'a body must have at least one event; found none in it')
  if (kept.length > limits.events) {
    throw new Refused(
      413,
      `a request must have at most ${limits.events} events; found ${kept.length}: send them in parts`,
    )
  }
  for (const [i, event] of kept.entries()) {
    if (event.length > limits.eventBytes)
      throw new Refused(
        413,
        `an event must have at most ${limits.eventBytes} bytes; found ${event.length} in event ${i + 1}`,
      )
    if (isDeeper(event, limits.depth))
      throw new Refused(
        413,
        `an event must be nested at most ${limits.depth} deep; found event ${i + 1} deeper`,
      )
  }
  return kept
}

function linesOf(body: Buffer): Buffer[] {
  const lines: Buffer[] = []
  let start = 0
  for (let end = body.indexOf(LF); end >= 0; end = body.indexOf(LF, start)) {
    lines.push(body.subarray(start, end))
    start = end + 1
  }
  lines.push(body.subarray(start))
  return lines
}

function trimmed(bytes: Buffer): Buffer {
  let start = 0
  let end = bytes.length
  while (start < end && isSpace(bytes[start])) start++
  while (end > start && isSpace(bytes[end - 1])) end--
  return bytes.subarray(start, end)
}

/** Brackets outside of texts; wrong JSON is judged as if it were right, for it is never parsed deeper than that. */
function isDeeper(bytes: Buffer, most: number): boolean {
  let depth = 0
  let inText = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (inText) {
      if (byte === BACKSLASH) i++
      else if (byte === QUOTE) inText = false
    } else if (byte === QUOTE) inText = true
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > most) return true
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return false
}
