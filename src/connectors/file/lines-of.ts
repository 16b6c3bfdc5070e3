// Bytes cut into lines, byte for byte. A line of any length is put together once, when its end has come.

const LF = 10
const CR = 13
const BOM = [0xef, 0xbb, 0xbf]

export interface Line {
  /** Without its end, and without the mark that some editors write before the first line. */
  readonly bytes: Uint8Array
  /** From 1; empty lines are counted, and left out. */
  readonly number: number
  /** How many bytes lie before the next line. */
  readonly end: number
}

/** @param from how many lines and bytes lie before the input. */
export async function* linesOf(
  input: AsyncIterable<Uint8Array>,
  from: Pick<Line, 'number' | 'end'> = { number: 0, end: 0 },
): AsyncGenerator<Line> {
  let pieces: Uint8Array[] = []
  let { number, end: before } = from
  for await (const chunk of input) {
    let start = 0
    for (let stop = chunk.indexOf(LF); stop >= 0; stop = chunk.indexOf(LF, start)) {
      pieces.push(chunk.subarray(start, stop))
      const bytes = whole(pieces, ++number)
      pieces = []
      start = stop + 1
      if (bytes !== undefined) yield { bytes, number, end: before + start }
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start))
    before += chunk.length
  }
  const bytes = whole(pieces, ++number)
  if (bytes !== undefined) yield { bytes, number, end: before }
}

/** undefined for a line of nothing but spaces. */
function whole(pieces: readonly Uint8Array[], number: number): Uint8Array | undefined {
  let bytes = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)
  if (number === 1 && BOM.every((byte, i) => bytes[i] === byte)) bytes = bytes.subarray(BOM.length)
  if (bytes.at(-1) === CR) bytes = bytes.subarray(0, -1)
  return bytes.every((byte) => byte === 32 || byte === 9 || byte === CR) ? undefined : bytes
}
