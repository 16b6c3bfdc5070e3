// Bytes that grow where they lie: a copy of hundreds of megabytes would stop a task for as long as it takes.
// The memory of WebAssembly can: it reserves addresses at the start, and takes pages when it grows. No code of WebAssembly is run.

const PAGE_BYTES = 1 << 16
/** Addresses of 32 bits. */
const PAGES_MAX = 1 << 16
/** Shorter ones are copied: that takes a millisecond, and a memory takes at least a page. */
const IN_PLACE_BYTES = 1 << 22

/** WebAssembly is part of every Node, but not of the type libraries this package is built with. */
interface Memory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

interface MemoryOfNode {
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => Memory
}

export class GrowingBuffer {
  #buffer: ArrayBuffer
  #memory: Memory | undefined

  /** All zero. */
  constructor(bytes: number) {
    this.#buffer = new ArrayBuffer(bytes)
  }

  /** At least as long as was asked for. Replaced by `grow`: views of the one before must not be used any more. */
  get buffer(): ArrayBuffer {
    return this.#buffer
  }

  /** Makes it at least that long: what is there stays, what is new is zero. */
  grow(bytes: number): ArrayBuffer {
    if (bytes <= this.#buffer.byteLength) return this.#buffer
    const pages = Math.ceil(bytes / PAGE_BYTES)
    if (this.#memory !== undefined && pages <= PAGES_MAX) {
      this.#memory.grow(pages - this.#memory.buffer.byteLength / PAGE_BYTES)
      this.#buffer = this.#memory.buffer
      return this.#buffer
    }
    this.#memory = bytes < IN_PLACE_BYTES || pages > PAGES_MAX ? undefined : reserved(pages)
    const grown = this.#memory?.buffer ?? new ArrayBuffer(bytes)
    new Uint8Array(grown).set(new Uint8Array(this.#buffer))
    this.#buffer = grown
    return grown
  }
}

/** undefined where the system gives no addresses for it (`ulimit -v`): it is then copied when it grows. */
function reserved(pages: number): Memory | undefined {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: MemoryOfNode }
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: PAGES_MAX })
  } catch {
    return undefined
  }
}
