// The Parquet file of a training set, row by row, with what a model that is trained on it can name.
import { createHash } from 'node:crypto'
import { ParquetTable } from '../../connectors/file/parquet-table.ts'
import type { ShapeKind } from '../../connectors/file/row-shape.ts'
import type { ColumnKind } from '../../contracts/columns.ts'

export interface DatasetFeature {
  readonly name: string
  readonly kind: ColumnKind
}

/** Source offsets, first and last included. */
export interface DatasetRange {
  readonly topic: string
  readonly partition: number
  readonly first: number
  readonly last: number
}

/** What the metadata `millrace.dataset` says, as JSON. */
export interface DatasetAbout {
  readonly pipeline: string
  readonly model: string
  /** Digest of the plan whose features these are. */
  readonly plan: string
  readonly as: 'served' | 'ideal'
  /** Digests of the versions that predicted; none for what was not served. */
  readonly versions: readonly string[]
  readonly features: readonly DatasetFeature[]
  /** What was asked for. */
  readonly from: string | undefined
  readonly to: string | undefined
  readonly ranges: readonly DatasetRange[]
  readonly rows: number
  readonly labelled: number
  /** SHA-256 of ids, times, features and labels. */
  readonly content: string
}

export interface DatasetRow {
  readonly id: unknown
  /** ms */
  readonly time: number
  /** In the order of the features. */
  readonly values: readonly unknown[]
  /** NaN for none. */
  readonly label: number
  /** When it was known, ms; NaN for none. */
  readonly labelTime: number
  /** Where the event stands. */
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

const GROUP = 50_000

/** Categories and lists have no column of their own kind in a table of numbers. */
const SHAPES: Readonly<Record<ColumnKind, ShapeKind>> = {
  number: 'number',
  boolean: 'number',
  string: 'string',
  vector: 'numbers',
  json: 'json',
}

/** Columns: `id`, `time` (ms), one a feature (true and false as 1 and 0), `label` (empty where none came). */
export class DatasetFile {
  readonly #features: readonly DatasetFeature[]
  readonly #table: ParquetTable
  readonly #ranges = new Map<
    string,
    { topic: string; partition: number; first: number; last: number }
  >()
  readonly #content = createHash('sha256')
  readonly #kinds: readonly ShapeKind[]
  #columns: unknown[][]
  #rows = 0
  #labelled = 0

  constructor(path: string, features: readonly DatasetFeature[]) {
    this.#features = features
    const columns = [
      { name: 'id', kind: 'string' as const },
      { name: 'time', kind: 'number' as const },
      ...features.map(({ name, kind }) => ({ name, kind: SHAPES[kind] })),
      { name: 'label', kind: 'number' as const },
    ]
    this.#kinds = columns.map(({ kind }) => kind)
    this.#table = new ParquetTable(path, columns)
    this.#columns = columns.map(() => [])
  }

  add({ id, time, values, label, topic, partition, offset }: DatasetRow): void {
    const columns = this.#columns
    columns[0].push(id)
    columns[1].push(time)
    values.forEach((value, i) => columns[i + 2].push(plain(value)))
    columns[values.length + 2].push(Number.isNaN(label) ? undefined : label)
    this.#rows++
    if (!Number.isNaN(label)) this.#labelled++
    this.#range(topic, partition, offset)
    if (columns[0].length >= GROUP) this.#group()
  }

  /** Writes the rest and the metadata: `millrace.features`, the order of the columns, and `millrace.dataset`. */
  finish(
    about: Omit<DatasetAbout, 'features' | 'ranges' | 'rows' | 'labelled' | 'content'>,
  ): DatasetAbout & { readonly digest: string } {
    this.#group()
    const whole: DatasetAbout = {
      ...about,
      features: this.#features,
      ranges: [...this.#ranges.values()].sort((a, b) =>
        a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition,
      ),
      rows: this.#rows,
      labelled: this.#labelled,
      content: this.#content.digest('hex'),
    }
    const digest = createHash('sha256').update(JSON.stringify(whole)).digest('hex')
    this.#table.finish({
      'millrace.features': JSON.stringify(this.#features.map(({ name }) => name)),
      'millrace.dataset': JSON.stringify({ ...whole, digest }),
    })
    return { ...whole, digest }
  }

  abandon(): void {
    this.#table.abandon()
  }

  #range(topic: string, partition: number, offset: number): void {
    const place = `${topic}/${partition}`
    const range = this.#ranges.get(place)
    if (range === undefined)
      this.#ranges.set(place, { topic, partition, first: offset, last: offset })
    else {
      range.first = Math.min(range.first, offset)
      range.last = Math.max(range.last, offset)
    }
  }

  #group(): void {
    if (this.#columns[0].length === 0) return
    this.#columns.forEach((values, i) => {
      if (this.#kinds[i] === 'number')
        this.#content.update(
          Float64Array.from(values, (value) => (typeof value === 'number' ? value : NaN)),
        )
      else this.#content.update(JSON.stringify(values))
    })
    this.#table.group(this.#columns)
    this.#columns = this.#columns.map(() => [])
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0
  return value ?? undefined
}
