// Which columns rows have, and of which kind: for formats that must know before the first row.

/** `json`: values of several kinds, lists or objects. `numbers`: lists of numbers, where it is known that all are. */
export type ShapeKind = 'number' | 'boolean' | 'string' | 'json' | 'numbers'
export type Row = Readonly<Record<string, unknown>>

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export class RowShape {
  readonly #kinds = new Map<string, ShapeKind | undefined>()

  add(row: Row): void {
    for (const name of Object.keys(row)) {
      const kind = kindOf(row[name])
      const known = this.#kinds.get(name)
      if (known === undefined) this.#kinds.set(name, kind)
      else if (kind !== undefined && kind !== known) this.#kinds.set(name, 'json')
    }
  }

  /** In the order in which their names were met; what never had a value is a text. */
  get columns(): readonly { readonly name: string; readonly kind: ShapeKind }[] {
    return [...this.#kinds].map(([name, kind]) => ({ name, kind: kind ?? 'string' }))
  }
}

/** undefined for no value. */
function kindOf(value: unknown): ShapeKind | undefined {
  if (value === null || value === undefined) return undefined
  const type = typeof value
  return type === 'number' || type === 'boolean' || type === 'string' ? type : 'json'
}
