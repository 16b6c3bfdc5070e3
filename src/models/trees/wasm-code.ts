// The few instructions of WebAssembly that the tree kernel needs, and a module of functions over one memory.
// Source: WebAssembly Core Specification 2.0, chapter 5 (binary format).

export type NumberType = 'float32' | 'float64'

const I32 = 0x7f
const V128 = 0x7b
const TYPES = { float32: 0x7d, float64: 0x7c } as const
const VOID = 0x40

/** Opcodes that depend on the width of a number. */
const OPS = {
  float32: { load: 0x2a, store: 0x38, align: 2, ne: 0x5c, lt: 0x5d, gt: 0x5e, add: 0x92 },
  float64: { load: 0x2b, store: 0x39, align: 3, ne: 0x62, lt: 0x63, gt: 0x64, add: 0xa0 },
} as const

/** The same for the numbers of a vector of 16 bytes. */
const VECTOR_OPS = {
  float32: { splat: 0x09, align: 2, gt: 0x44, ne: 0x42, add: 0xae, shl: 0xab },
  float64: { splat: 0x0a, align: 3, gt: 0x4a, ne: 0x48, add: 0xce, shl: 0xcb },
} as const

/** The body of one function: instructions are appended in the order in which the stack machine takes them. */
export class WasmCode {
  readonly bytes: number[] = []
  readonly #parameters: number
  readonly #locals: number[] = []

  /** @param parameters how many i32 the function takes; they are the locals 0 and on. */
  constructor(parameters: number) {
    this.#parameters = parameters
  }

  get parameters(): number {
    return this.#parameters
  }

  get locals(): readonly number[] {
    return this.#locals
  }

  /** @returns the index of a new local, zero at first. */
  integer(): number {
    return this.#parameters + this.#locals.push(I32) - 1
  }

  number(type: NumberType): number {
    return this.#parameters + this.#locals.push(TYPES[type]) - 1
  }

  vector(): number {
    return this.#parameters + this.#locals.push(V128) - 1
  }

  get(local: number): this {
    return this.#op(0x20, local)
  }

  set(local: number): this {
    return this.#op(0x21, local)
  }

  tee(local: number): this {
    return this.#op(0x22, local)
  }

  constant(value: number): this {
    this.bytes.push(0x41, ...signed(value))
    return this
  }

  loadInteger(offset = 0): this {
    return this.#op(0x28, 2, offset)
  }

  load(type: NumberType, offset = 0): this {
    return this.#op(OPS[type].load, OPS[type].align, offset)
  }

  store(type: NumberType, offset = 0): this {
    return this.#op(OPS[type].store, OPS[type].align, offset)
  }

  compare(type: NumberType, how: 'ne' | 'lt' | 'gt'): this {
    return this.#op(OPS[type][how])
  }

  addNumbers(type: NumberType): this {
    return this.#op(OPS[type].add)
  }

  /** Takes a, b and a condition; leaves a where the condition holds, else b. */
  select(): this {
    return this.#op(0x1b)
  }

  isBelow(): this {
    return this.#op(0x49) // unsigned
  }

  isAbove(): this {
    return this.#op(0x4b) // unsigned
  }

  add(): this {
    return this.#op(0x6a)
  }

  subtract(): this {
    return this.#op(0x6b)
  }

  and(): this {
    return this.#op(0x71)
  }

  or(): this {
    return this.#op(0x72)
  }

  xor(): this {
    return this.#op(0x73)
  }

  shiftLeft(): this {
    return this.#op(0x74)
  }

  shiftRight(): this {
    return this.#op(0x76) // unsigned
  }

  loadVector(offset = 0): this {
    return this.#op(0xfd, 0x00, 4, offset)
  }

  storeVector(offset = 0): this {
    return this.#op(0xfd, 0x0b, 4, offset)
  }

  /** Loads one number, or as many bits, into every lane. */
  loadSplat(type: NumberType, offset = 0): this {
    return this.#op(0xfd, VECTOR_OPS[type].splat, VECTOR_OPS[type].align, offset)
  }

  /** Leaves all bits of a lane set where the comparison holds. */
  compareVectors(type: NumberType, how: 'gt' | 'ne'): this {
    return this.#op(0xfd, VECTOR_OPS[type][how])
  }

  /** Adds lanes as integers as wide as the type. */
  addVectors(type: NumberType): this {
    return this.#op(0xfd, VECTOR_OPS[type].add)
  }

  /** Shifts lanes as integers as wide as the type. */
  shiftVectorLeft(type: NumberType, bits: number): this {
    return this.constant(bits).#op(0xfd, VECTOR_OPS[type].shl)
  }

  andVectors(): this {
    return this.#op(0xfd, 0x4e)
  }

  orVectors(): this {
    return this.#op(0xfd, 0x50)
  }

  /** Takes a, b and a mask; leaves the bits of a where the mask has ones, else those of b. */
  selectBits(): this {
    return this.#op(0xfd, 0x52)
  }

  call(index: number): this {
    return this.#op(0x10, index)
  }

  /** Repeats `body` for as long as it leaves something other than zero. */
  repeat(body: () => void): this {
    this.bytes.push(0x03, VOID)
    body()
    this.#op(0x0d, 0)
    return this.#op(0x0b)
  }

  /** Does `body` where what was left is not zero. */
  when(body: () => void): this {
    this.bytes.push(0x04, VOID)
    body()
    return this.#op(0x0b)
  }

  #op(code: number, ...immediates: readonly number[]): this {
    this.bytes.push(code)
    for (const each of immediates) this.bytes.push(...unsigned(each))
    return this
  }
}

/** One function that takes i32s and returns nothing; exported where it has a name. */
export interface WasmFunction {
  readonly code: WasmCode
  readonly name?: string
}

/** A module whose functions may call each other by their place, over an own memory of `pages` (64 KiB each) exported as `memory`. */
export function wasmModule(
  functions: readonly WasmFunction[],
  pages: number,
): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ code }) => [
    0x60,
    ...vector(Array.from({ length: code.parameters }, () => [I32])),
    0,
  ])
  const exported = functions.flatMap(({ name }, i) =>
    name === undefined ? [] : [[...text(name), 0x00, ...unsigned(i)]],
  )
  return Uint8Array.from([
    0x00,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0, // magic and version
    ...section(1, vector(types)),
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    ...section(5, vector([[0x01, ...unsigned(pages), ...unsigned(pages)]])),
    ...section(7, vector([[...text('memory'), 0x02, 0], ...exported])),
    ...section(10, vector(functions.map(({ code }) => functionBody(code)))),
  ])
}

function functionBody(code: WasmCode): number[] {
  const bytes = [...vector(code.locals.map((type) => [1, type])), ...code.bytes, 0x0b]
  return [...unsigned(bytes.length), ...bytes]
}

function section(id: number, bytes: readonly number[]): number[] {
  return [id, ...unsigned(bytes.length), ...bytes]
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()]
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value)
  return [...unsigned(bytes.length), ...bytes]
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  bytes.push(rest)
  return bytes
}

function signed(value: number): number[] {
  const bytes: number[] = []
  let rest = value | 0
  for (;;) {
    const low = rest & 0x7f
    rest >>= 7
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0))
      return [...bytes, low]
    bytes.push(low | 0x80)
  }
}
