// The bytes of a file from a place on, decompressed where they are compressed.
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

const CHUNK = 1 << 18

export interface ByteInput {
  readonly bytes: AsyncIterable<Uint8Array>
  /** How many bytes of the file itself were read. */
  read(): number
  close(): void
}

/** @param from in decompressed bytes: what is compressed has to be read from its beginning, however far it was. */
export function byteInput(path: string, gzip: boolean, from: number): ByteInput {
  if (!gzip) {
    const file = createReadStream(path, { start: from, highWaterMark: CHUNK })
    return { bytes: file, read: () => from + file.bytesRead, close: () => file.destroy() }
  }
  const file = createReadStream(path, { highWaterMark: CHUNK })
  const plain = createGunzip({ chunkSize: CHUNK })
  // Either end's error is the error of whoever reads.
  pipeline(file, plain, () => {})
  return {
    bytes: from === 0 ? plain : after(plain, from),
    read: () => file.bytesRead,
    close: () => {
      file.destroy()
      plain.destroy()
    },
  }
}

async function* after(input: AsyncIterable<Uint8Array>, skip: number): AsyncGenerator<Uint8Array> {
  let left = skip
  for await (const chunk of input) {
    if (left < chunk.length) yield left === 0 ? chunk : chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}
