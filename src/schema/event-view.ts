// The row a user's function sees: one object over the columns, moved from row to row.
import { EventError } from '../base/errors.ts'
import { ABSENT, NULL, type Column, type ColumnKind } from '../contracts/columns.ts'

/** A column as a view reads it. */
export interface ViewField {
  readonly path: readonly string[]
  readonly kind: ColumnKind
  /** `presence`: the column tells whether the object at the path is there. */
  readonly role: 'value' | 'presence'
}

interface Place {
  columns: readonly Column[]
  row: number
  live: boolean
}

/**
 * Fields of a row as own enumerable accessors, so that spread and JSON.stringify work. A field that is missing reads as undefined.
 * Writing to it, or reading it after the call it was made for, throws EventError ML_USER_FUNCTION.
 */
export class EventView {
  readonly #place: Place = { columns: [], row: 0, live: false }
  /** The row itself. */
  readonly value: object

  /** @param fields parallel to the columns it is pointed at. */
  constructor(fields: readonly ViewField[]) {
    this.value = build(tree(fields), this.#place)
  }

  /** Opens the view at a row. */
  point(columns: readonly Column[], row: number): object {
    this.#place.columns = columns
    this.#place.row = row
    this.#place.live = true
    return this.value
  }

  /** Closes it: whoever kept the row cannot read another one's values. */
  close(): void {
    this.#place.live = false
  }
}

interface Node {
  readonly children: Map<string, Node | number>
  /** The column that tells whether it is there; undefined where it always is. */
  presence: number | undefined
}

function tree(fields: readonly ViewField[]): Node {
  const root: Node = { children: new Map(), presence: undefined }
  fields.forEach(({ path, role }, index) => {
    const above = nodeAt(root, path.slice(0, -1))
    if (role === 'presence') nodeAt(root, path).presence = index
    else above.children.set(path[path.length - 1], index)
  })
  return root
}

function nodeAt(root: Node, path: readonly string[]): Node {
  let node = root
  for (const name of path) {
    let child = node.children.get(name)
    if (child === undefined || typeof child === 'number') {
      child = { children: new Map(), presence: undefined }
      node.children.set(name, child)
    }
    node = child
  }
  return node
}

function build(node: Node, place: Place): object {
  const object = {}
  for (const [name, child] of node.children) {
    Object.defineProperty(object, name, {
      enumerable: true,
      configurable: false,
      get: typeof child === 'number' ? () => read(place, child) : objectGetter(child, place),
      set: () => {
        throw new EventError(
          `a row must not be written to; found a write to '${name}'; make an object of your own: { ...event, ${name}: ... }`,
          {
            code: 'ML_USER_FUNCTION',
          },
        )
      },
    })
  }
  return Object.preventExtensions(object)
}

function objectGetter(node: Node, place: Place): () => unknown {
  const nested = build(node, place)
  const { presence } = node
  if (presence === undefined) return () => nested
  return () => {
    const there = read(place, presence)
    return typeof there === 'boolean' ? nested : there
  }
}

function read(place: Place, index: number): unknown {
  if (!place.live) {
    throw new EventError(
      'a row must be read during the call it was given to; found a read after it; copy what you need: { ...event }',
      {
        code: 'ML_USER_FUNCTION',
      },
    )
  }
  return valueAt(place.columns[index], place.row)
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The value of a column at a row, as JavaScript has it. */
export function valueAt(column: Column, row: number): unknown {
  const mark = column.marks === undefined ? 0 : column.marks[row]
  if (mark === ABSENT) return undefined
  if (mark === NULL) return null
  switch (column.kind) {
    case 'number':
      return column.values[row]
    case 'boolean':
      return column.values[row] === 1
    case 'vector':
      return Array.from(column.values.subarray(column.ends[row], column.ends[row + 1]))
    default: {
      const text = textAt(column.bytes, column.ends[row], column.ends[row + 1])
      return column.kind === 'json' ? JSON.parse(text) : text
    }
  }
}

/** Short ASCII is cheaper to read eight bytes at a time than through the decoder. */
export function textAt(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 24) return decoder.decode(bytes.subarray(start, end))
  for (let i = start; i < end; i++)
    if (bytes[i] > 127) return decoder.decode(bytes.subarray(start, end))
  let text = ''
  let i = start
  for (; i + 8 <= end; i += 8)
    text += String.fromCharCode(
      bytes[i],
      bytes[i + 1],
      bytes[i + 2],
      bytes[i + 3],
      bytes[i + 4],
      bytes[i + 5],
      bytes[i + 6],
      bytes[i + 7],
    )
  if (i + 4 <= end) {
    text += String.fromCharCode(bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3])
    i += 4
  }
  switch (end - i) {
    case 1:
      return text + String.fromCharCode(bytes[i])
    case 2:
      return text + String.fromCharCode(bytes[i], bytes[i + 1])
    case 3:
      return text + String.fromCharCode(bytes[i], bytes[i + 1], bytes[i + 2])
    default:
      return text
  }
}
