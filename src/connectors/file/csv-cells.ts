// A row of cells as a JSON object, by the fields it should have, else by what its cells look like.
import type { CellField, CellType } from './file-options.ts'

export interface Cell {
  readonly text: string
  /** A quoted cell is a text, whatever it looks like, and an empty one is an empty text. */
  readonly quoted: boolean
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const INTEGER = /^-?\d+$/

/** Writes rows of one file. */
export class RowWriter {
  readonly #heads: readonly string[]
  readonly #fields: readonly (CellField | undefined)[]

  constructor(columns: readonly string[], fields: ReadonlyMap<string, CellField> | undefined) {
    this.#heads = columns.map((name) => `${JSON.stringify(name)}:`)
    this.#fields = columns.map((name) => fields?.get(name))
  }

  json(cells: readonly Cell[]): string {
    let text = ''
    for (let i = 0; i < cells.length; i++) {
      const value = valueOf(cells[i], this.#fields[i])
      if (value !== undefined) text += (text === '' ? '' : ',') + this.#heads[i] + value
    }
    return `{${text}}`
  }
}

/** JSON of the cell; undefined where its field is left out. */
function valueOf(cell: Cell, field: CellField | undefined): string | undefined {
  const { text, quoted } = cell
  if (text === '' && !quoted) return field?.missing === 'null' ? 'null' : undefined
  return field === undefined
    ? quoted
      ? JSON.stringify(text)
      : guessed(text)
    : (typed(text, field.type) ?? JSON.stringify(text))
}

/** A number, true or false as JSON writes them; anything else is a text: so is `007`, and an integer whose digits a double cannot hold. */
function guessed(text: string): string {
  if (text === 'true' || text === 'false') return text
  if (!NUMBER.test(text)) return JSON.stringify(text)
  const value = Number(text)
  const holds = INTEGER.test(text) ? Number.isSafeInteger(value) : Number.isFinite(value)
  return holds ? text : JSON.stringify(text)
}

/** Whether a cell that is not quoted is read as a text where nothing is known of its column. */
export function looksLikeText(text: string): boolean {
  return guessed(text).startsWith('"')
}

/** undefined where the text is no such value: it then stays a text, for the schema to refuse. */
function typed(text: string, type: CellType): string | undefined {
  if (type === 'string') return JSON.stringify(text)
  const plain = text.trim()
  if (type === 'number') {
    if (NUMBER.test(plain)) return plain
    const value = plain === '' ? NaN : Number(plain)
    return Number.isFinite(value) ? String(value) : undefined
  }
  if (type === 'boolean') {
    if (/^(?:true|1)$/i.test(plain)) return 'true'
    return /^(?:false|0)$/i.test(plain) ? 'false' : undefined
  }
  try {
    JSON.parse(plain)
    return plain
  } catch {
    return undefined
  }
}
