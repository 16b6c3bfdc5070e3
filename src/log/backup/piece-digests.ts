// The digests of a segment's pieces, held against its bytes as they pass.
import { createHash, type Hash } from 'node:crypto'
import { bytesOf, type Piece } from './manifest.ts'
import type { Problem } from './problem.ts'
import type { SegmentFile } from './segment-list.ts'

export class PieceDigests {
  readonly #name: string
  readonly #pieces: readonly Piece[]
  readonly #found: (problem: Problem) => void
  #hash: Hash = createHash('sha256')
  #piece = 0
  #position = 0
  /** Bytes of the piece that have passed. */
  #passed = 0

  constructor(segment: SegmentFile, pieces: readonly Piece[], found: (problem: Problem) => void) {
    this.#name = segment.name
    this.#pieces = pieces
    this.#found = found
    if (bytesOf(pieces) === segment.bytes) return
    const what = `expected digests of ${segment.bytes} bytes, found those of ${bytesOf(pieces)}`
    found({ file: segment.name, what })
  }

  /** Takes the next bytes of the segment. */
  take(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && this.#piece < this.#pieces.length;) {
      const [bytes, sha256] = this.#pieces[this.#piece]
      const part = chunk.subarray(at, at + bytes - this.#passed)
      this.#hash.update(part)
      at += part.length
      this.#passed += part.length
      this.#position += part.length
      if (this.#passed === bytes) this.#end(bytes, sha256)
    }
  }

  #end(bytes: number, sha256: string): void {
    if (this.#hash.digest('hex') !== sha256) {
      const what = `expected the ${bytes} bytes that were copied, found others: their SHA-256 is another`
      this.#found({ file: this.#name, position: this.#position - bytes, what })
    }
    this.#hash = createHash('sha256')
    this.#piece++
    this.#passed = 0
  }
}
