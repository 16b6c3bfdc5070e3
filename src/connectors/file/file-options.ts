// How the values of a file are read: what a definition or the flags of a command say of it.
import type { FileFormat } from '../../base/file-format.ts'

/** What a value of a file becomes in the event. */
export type CellType = 'number' | 'boolean' | 'string' | 'json'

/** A field as the events of a stream have it. */
export interface CellField {
  readonly type: CellType
  /** What stands for no value: the field is left out, or null. */
  readonly missing: 'absent' | 'null'
}

export interface FileReading {
  /** Default: by the end of the name. */
  readonly format?: FileFormat | undefined
  /** CSV: between cells, one character. Default: a comma, a tab for `.tsv`. */
  readonly delimiter?: string | undefined
  /** CSV: names of the columns of a file without a header. Default: its first line has them. */
  readonly columns?: readonly string[] | undefined
  /** Fields by the name of their column. Others are read by what they look like. */
  readonly fields?: ReadonlyMap<string, CellField> | undefined
  /** Whether a line that is not what the format promises ends the reading with an error, or is passed on as it is. Default `'pass'`. */
  readonly odd?: 'pass' | 'stop' | undefined
  /** Parquet: timestamps as ISO texts in UTC, or as ms since 1970. Default `'iso'`. */
  readonly timestamps?: 'iso' | 'ms' | undefined
}
