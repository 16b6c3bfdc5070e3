// Dead letters as they lie in the log, page by page: there may be more than memory holds.
import { headerValue, keyBytes, recordText, valueBytes } from '../../base/records.ts'
import type { Log, ReadFrom } from '../../contracts/log.ts'
import { REDACTED_HEADER } from '../../engine/operators/redacted-header.ts'
import { deadLettersTopic } from '../../engine/task-names.ts'

const PAGE_BYTES = 4 << 20

export interface Letter {
  /** `topic/partition/offset` of the event. */
  readonly origin: string
  readonly stream: string
  /** The stage that set its row aside; empty where its source did. */
  readonly stage: string
  readonly reason: string
  /** Of the event's record; of a row that a stage set aside its event time, ms. */
  readonly time: number
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Its bytes are not those of the event, because its stream redacts fields. */
  readonly redacted: boolean
  /** Its record was trimmed before it became a letter: there is nothing to try again. */
  readonly gone: boolean
}

/** Where letters lie in a partition. */
export interface LetterRange {
  readonly start: number
  readonly end: number
}

/** Those that are there now, by partition. */
export async function letterRanges(log: Log, pipeline: string): Promise<readonly LetterRange[]> {
  return (await log.topic(deadLettersTopic(pipeline)))?.parts ?? []
}

/** Calls `each` for the letters in these ranges, page by page. */
export async function eachPage(
  log: Log,
  of: { pipeline: string; ranges: readonly LetterRange[] },
  each: (letters: readonly Letter[]) => Promise<void> | void,
): Promise<void> {
  const topic = deadLettersTopic(of.pipeline)
  for (const [partition, { start, end }] of of.ranges.entries()) {
    for (let offset = start; offset < end;) {
      const { letters, next } = await page(log, { topic, partition, offset }, end)
      await each(letters)
      offset = next
    }
  }
}

/** The newest letters of each partition, and how many there are: exactly, or at most that many where offsets have gaps and not all were read. */
export interface NewestLetters {
  readonly letters: readonly Letter[]
  readonly kept: number
  readonly exact: boolean
}

/** @param of.limit how many of each partition. */
export async function newestLetters(
  log: Log,
  { pipeline, limit }: { readonly pipeline: string; readonly limit: number },
): Promise<NewestLetters> {
  const found: Letter[] = []
  let kept = 0
  let exact = true
  for (const [partition, { start, end }] of (await letterRanges(log, pipeline)).entries()) {
    // As far back as letters would lie without gaps; further where there are some.
    for (let reach = limit; ; reach *= 4) {
      const from = Math.max(start, end - reach)
      const own: Letter[] = []
      const ranges = Array.from({ length: partition + 1 }, () => NOTHING)
      ranges[partition] = { start: from, end }
      await eachPage(log, { pipeline, ranges }, (letters) => void own.push(...letters))
      if (own.length < limit && from > start) continue
      const gaps = end - from - own.length
      found.push(...own.slice(-limit))
      kept += end - start - gaps
      exact &&= gaps === 0 || from === start
      break
    }
  }
  return { letters: found, kept, exact }
}

const NOTHING: LetterRange = { start: 0, end: 0 }

/** Letters at a place. */
async function page(
  log: Log,
  from: ReadFrom,
  end: number,
): Promise<{ letters: Letter[]; next: number }> {
  const { runs, next } = await log.read([from], { maxBytes: PAGE_BYTES, maxWaitMs: 0 })
  const letters: Letter[] = []
  for (const { records, offsets } of runs) {
    for (let i = 0; i < records.count; i++) {
      if (offsets[i] < from.offset || offsets[i] >= end) continue
      const headers = recordText(records, i, 'headers')
      const header = (name: string): string => headerValue(headers, `millrace-${name}`) ?? ''
      letters.push({
        origin: header('origin'),
        stream: header('stream'),
        stage: header('stage'),
        reason: header('reason'),
        time: records.times[i],
        key: keyBytes(records, i).slice(),
        value: valueBytes(records, i).slice(),
        redacted: headerValue(headers, REDACTED_HEADER) !== undefined,
        gone: header('event') !== '',
      })
    }
  }
  return { letters, next: next[0].offset }
}
