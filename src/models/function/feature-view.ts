// The features of one row as an object for a user's function: one object for all rows, pointed at
// each in turn. It reads straight from the columns, and refuses to be written to or kept.
import { EventError } from '../../base/errors.ts'
import { NULL, PRESENT, type Column } from '../../contracts/columns.ts'
import type { FeatureInfo } from '../../contracts/runtime.ts'

const decoder = new TextDecoder()

export class FeatureView {
  /** Own enumerable accessors by name: spreading and JSON.stringify work. */
  readonly value: Readonly<Record<string, unknown>>
  #columns: readonly Column[] = []
  #row = -1

  constructor(features: readonly FeatureInfo[]) {
    const value = {}
    features.forEach(({ name }, i) => {
      Object.defineProperty(value, name, {
        enumerable: true,
        get: () => this.#read(i, name),
        set: () => {
          misused(`feature ${name} cannot be written`, 'give results as outputs')
        },
      })
    })
    this.value = Object.freeze(value)
  }

  /** Until `leave`, `value` shows that row. */
  point(columns: readonly Column[], row: number): void {
    this.#columns = columns
    this.#row = row
  }

  leave(): void {
    this.#row = -1
  }

  #read(feature: number, name: string): unknown {
    if (this.#row < 0)
      misused(
        `feature ${name} is read after the call`,
        'copy what you need while the function runs',
      )
    return valueAt(this.#columns[feature], this.#row)
  }
}

/** undefined for absent, null for null; a vector is a copy. */
function valueAt(column: Column, row: number): unknown {
  const mark = column.marks === undefined ? PRESENT : column.marks[row]
  if (mark !== PRESENT) return mark === NULL ? null : undefined
  switch (column.kind) {
    case 'number':
      return column.values[row]
    case 'boolean':
      return column.values[row] !== 0
    case 'vector':
      return column.values.slice(column.ends[row], column.ends[row + 1])
    case 'string':
      return decoder.decode(column.bytes.subarray(column.ends[row], column.ends[row + 1]))
    case 'json':
      return JSON.parse(
        decoder.decode(column.bytes.subarray(column.ends[row], column.ends[row + 1])),
      )
  }
}

function misused(found: string, advice: string): never {
  throw new EventError(
    `a model function reads its features while it runs and changes nothing; ${found}; ${advice}`,
    {
      code: 'ML_USER_FUNCTION',
    },
  )
}
