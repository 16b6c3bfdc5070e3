// The bytes of a block that is being written: they grow as needed.
import { aligned } from './block-format.ts'

export class BlockBytes {
  u8: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 12)
  view: DataView<ArrayBuffer> = new DataView(this.u8.buffer)

  /** Makes room up to that position. `u8` and `view` may be others after. */
  reserve(end: number): void {
    if (end <= this.u8.length) return
    let size = this.u8.length * 2
    while (size < end) size *= 2
    const grown = new Uint8Array(size)
    grown.set(this.u8)
    this.u8 = grown
    this.view = new DataView(grown.buffer)
  }

  /** Fills up to the next multiple of 8 with zeros, so that equal rows give equal bytes; gives that place. */
  pad(end: number): number {
    const at = aligned(end)
    this.reserve(at)
    this.u8.fill(0, end, at)
    return at
  }
}
