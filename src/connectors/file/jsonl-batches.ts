// A file of JSON lines: a record a line, byte for byte. What is no JSON is not judged here but by the stream's schema.
import type { SourceBatch } from '../../contracts/source.ts'
import { BatchCut } from './batch-cut.ts'
import type { ByteInput } from './byte-input.ts'
import { linesOf } from './lines-of.ts'
import type { FileReading } from './file-options.ts'
import type { TextPlace } from './text-place.ts'

export interface TextFile {
  readonly path: string
  readonly input: ByteInput
  readonly from: TextPlace
  readonly reading: FileReading
  /** The place as a position. */
  readonly position: (place: TextPlace) => string
  /** How much of the file lies before a place. */
  readonly done: (place: TextPlace) => number
}

export async function* jsonlBatches(file: TextFile): AsyncGenerator<SourceBatch> {
  const { path, input, from, reading, position, done } = file
  const cut = new BatchCut(path, reading.odd)
  let place = from
  for await (const { bytes, number, end } of linesOf(input.bytes, {
    number: from.line,
    end: from.bytes,
  })) {
    if (mayBeObject(bytes)) cut.add(bytes)
    else cut.addOdd(bytes, `no JSON object in line ${number}`)
    place = { bytes: end, line: number }
    if (!cut.full) continue
    yield cut.take(position(place), done(place))
    cut.reset()
  }
  if (!cut.empty) yield cut.take(position(place), done(place))
}

/** By its first and last byte alone: the stream's own decoder reads all of it. */
function mayBeObject(bytes: Uint8Array): boolean {
  let start = 0
  let end = bytes.length - 1
  while (isSpace(bytes[start])) start++
  while (isSpace(bytes[end])) end--
  return bytes[start] === 123 && bytes[end] === 125
}

function isSpace(byte: number): boolean {
  return byte === 32 || byte === 9 || byte === 13
}
