// What commits and snapshots have in common: a head that is read at once, and bytes of state that are unpacked when they are asked for.
//
//   0  u32 magic   4  u32 bytes of the head   8  u32 bytes of the body   12  head (UTF-8 JSON), then the body:
//   as it is where it is no longer than that, else in one Zstandard frame (RFC 8878)
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { StateError } from '../base/errors.ts'

const HEAD = 12

/**
 * Level 1: words of state are mostly zeros and repeated doubles. Over the commits of the flights job it takes 3 ns a byte and
 * leaves a fifth to a third, which costs less than to write, copy and flush the rest.
 */
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** A call takes about 30 us whatever the length: for shorter ones it costs more than it saves. */
const SHORT = 4096

export interface Unpacked {
  /** Parsed from JSON. */
  readonly head: unknown
  /** Bytes of the body when it is unpacked. */
  readonly bodyBytes: number
  readonly body: () => Uint8Array
}

export function packRecord(magic: number, head: unknown, body: Uint8Array): Uint8Array {
  const text = JSON.stringify(head)
  const packed = body.length < SHORT ? body : zstdCompressSync(body, OPTIONS)
  const rest = packed.length < body.length ? packed : body
  const bytes = Buffer.allocUnsafe(HEAD + text.length + rest.length)
  bytes.writeUInt32LE(magic, 0)
  bytes.writeUInt32LE(text.length, 4)
  bytes.writeUInt32LE(body.length, 8)
  bytes.write(text, HEAD, 'latin1')
  bytes.set(rest, HEAD + text.length)
  return bytes
}

/** @throws StateError ML_LOG_CORRUPT when it has another magic, or is cut. */
export function unpackRecord(magic: number, value: Uint8Array, what: string): Unpacked {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length)
  if (bytes.length < HEAD || bytes.readUInt32LE(0) !== magic) {
    throw new StateError(
      'ML_LOG_CORRUPT',
      `a record of a ${what} topic is no ${what} of this version of Millrace`,
    )
  }
  const end = HEAD + bytes.readUInt32LE(4)
  const bodyBytes = bytes.readUInt32LE(8)
  const rest = value.subarray(end)
  return {
    head: JSON.parse(bytes.toString('latin1', HEAD, end)),
    bodyBytes,
    body: () => (rest.length === bodyBytes ? rest : unpacked(rest, bodyBytes)),
  }
}

/** At once: in pieces of the usual size a chunk of a snapshot would be unpacked in dozens of them, and put together after that. */
function unpacked(packed: Uint8Array, bytes: number): Uint8Array {
  // With one byte more it need not be asked whether there is more.
  return zstdDecompressSync(packed, { chunkSize: bytes + 1 })
}
