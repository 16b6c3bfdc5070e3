// The bytes of runs and frames are a format (docs/log-format.md): what one version wrote, another must read. A digest that changes here
// means another FORMAT.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { RecordsBuilder, type Records } from '../../../src/base/records.ts'
import { checkpointBytes } from '../../../src/log/embedded/checkpoint.ts'
import { FRAME_HEADER, readFrame, sealFrame } from '../../../src/log/embedded/frame.ts'
import { encodeRun, runShape, stampRun } from '../../../src/log/embedded/run.ts'

function recordsOf(times: readonly number[], key: string, headers: string): Records {
  const builder = new RecordsBuilder()
  times.forEach((time, i) => builder.add(time, key, `value ${i}`, headers))
  return builder.records()
}

/** Times that are one, near each other, anything; with and without keys and headers. */
const RUNS = [
  recordsOf([5, 5, 5], '', ''),
  recordsOf([1e12, 1e12 + 7], 'key', ''),
  recordsOf([0.5, -3, 1e300], '', 'a: b\n'),
  recordsOf([1e12, 1e12 + 2 ** 33, 1], 'key', 'a: b\nc: d\n'),
]

function frame(): Buffer {
  const shapes = RUNS.map(runShape)
  const length = shapes.reduce((sum, shape) => sum + shape.length, FRAME_HEADER)
  const bytes = Buffer.alloc(length)
  let at = FRAME_HEADER
  shapes.forEach((shape, i) => {
    encodeRun(bytes, at, { place: { topic: 2, partition: i }, records: RUNS[i], shape })
    stampRun(bytes, at, { topic: 2, base: 10 * i, appendedAt: 1e12 + i })
    at += shape.length
  })
  const header = { segment: 3, commit: 4, length, epoch: 5, runs: RUNS.length, previous: 6 }
  sealFrame(bytes, 0, { ...header, salt: 7, writtenAt: 1e12 })
  return bytes
}

describe('the bytes of the log', () => {
  it('are those that format 1 writes', () => {
    const bytes = frame()
    expect(readFrame(bytes, 0, 7)?.runs).toBe(RUNS.length)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(FRAME)
  })

  it('have a checkpoint that is one line of JSON and its sum', () => {
    const none = { commit: 0, crc: 0 }
    const topics = [{ name: 't', partitions: 1, number: 1, parts: [[0, 5, 0, 5, 64, 9]] }]
    const checkpoint = {
      format: 1,
      salt: 7,
      epoch: 2,
      copied: none,
      durable: none,
      topics,
      writers: {},
    }
    expect(checkpointBytes(checkpoint).toString()).toBe(CHECKPOINT)
  })
})

const FRAME = 'c833495109976bed1fb3449f42495c838a4948f0dfc2714eb4ca9067ec9b5e53'
const CHECKPOINT =
  '{"format":1,"salt":7,"epoch":2,"copied":{"commit":0,"crc":0},"durable":{"commit":0,"crc":0},"topics":[{"name":"t","partitions":1,"number":1,"parts":[[0,5,0,5,64,9]]}],"writers":{}}\nba7de292\n'
