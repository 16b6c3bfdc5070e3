// The element types Millrace passes to a graph and takes from it, and the numbers each can hold.

export type TensorKind =
  | 'float32'
  | 'float64'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool'
  | 'string'

/**
 * Memory of one tensor. 64-bit integers are written and read as two halves, so that no BigInt is
 * made per value.
 */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | string[]

/**
 * TensorProto.DataType to kind; undefined for types that are not supported (float16, bfloat16,
 * complex, 4 and 8 bit floats).
 */
const KINDS: readonly (TensorKind | undefined)[] = [
  undefined,
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  undefined,
  'float64',
  'uint32',
  'uint64',
]

export function tensorKind(dataType: number): TensorKind | undefined {
  return KINDS[dataType]
}

export function isFloat(kind: TensorKind): kind is 'float32' | 'float64' {
  return kind === 'float32' || kind === 'float64'
}

/**
 * Numbers from here on round to Infinity in float32: the greatest float32 plus half of its last
 * place.
 */
const FLOAT32_END = 3.4028235677973366e38

/**
 * Least and greatest number a tensor of that kind can be given; 64-bit integers are bounded by what
 * a double holds exactly.
 */
export function numberRange(kind: TensorKind): {
  readonly least: number
  readonly greatest: number
} {
  switch (kind) {
    case 'float32':
      return symmetric(FLOAT32_END - 2 ** 75)
    case 'float64':
      return symmetric(Number.MAX_VALUE)
    case 'int64':
      return symmetric(Number.MAX_SAFE_INTEGER)
    case 'uint64':
      return { least: 0, greatest: Number.MAX_SAFE_INTEGER }
    case 'bool':
      return { least: 0, greatest: 1 }
    case 'string':
      return { least: 0, greatest: -1 }
    case 'int8':
    case 'int16':
    case 'int32':
      return { least: -(2 ** (bitsOf(kind) - 1)), greatest: 2 ** (bitsOf(kind) - 1) - 1 }
    case 'uint8':
    case 'uint16':
    case 'uint32':
      return { least: 0, greatest: 2 ** bitsOf(kind) - 1 }
  }
}

function bitsOf(kind: TensorKind): number {
  return Number(/\d+$/.exec(kind)?.[0])
}

function symmetric(greatest: number): { readonly least: number; readonly greatest: number } {
  return { least: -greatest, greatest }
}

export function tensorData(kind: TensorKind, length: number): TensorData {
  switch (kind) {
    case 'float32':
      return new Float32Array(length)
    case 'float64':
      return new Float64Array(length)
    case 'int8':
      return new Int8Array(length)
    case 'uint8':
    case 'bool':
      return new Uint8Array(length)
    case 'int16':
      return new Int16Array(length)
    case 'uint16':
      return new Uint16Array(length)
    case 'int32':
      return new Int32Array(length)
    case 'uint32':
      return new Uint32Array(length)
    case 'int64':
      return new BigInt64Array(length)
    case 'uint64':
      return new BigUint64Array(length)
    case 'string':
      return new Array<string>(length).fill('')
  }
}
