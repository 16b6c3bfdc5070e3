// How files at the edge of the log are read and written.
/** What `file(path, options)` takes. An output takes only `topic` and `format`, and of CSV `delimiter` and `columns`. */
export interface FileOptions {
  /** The topic between the file and the pipeline. Default: the stream's name; for an output the file's name without its ending. */
  readonly topic?: string
  /** Default: by the end of the name, `.gz` behind it where it is compressed. */
  readonly format?: 'csv' | 'jsonl' | 'parquet'
  /** CSV: what lies between cells, one character. Default: a comma; a tab for `.tsv`. */
  readonly delimiter?: string
  /** CSV without a header: the names of its columns. Default: the first line has them. Of an output: those it gets, by default the fields of its first record. */
  readonly columns?: readonly string[]
  /** Parquet: timestamps as ISO texts in UTC, or as ms since 1970. Default `'iso'`. */
  readonly timestamps?: 'iso' | 'ms'
  /** Whether a line that is not what the format promises stops the run. Default false: it goes to the dead letters. */
  readonly strict?: boolean
  /** Whether nothing comes behind the last file, so that what waits for more goes on. Default true. */
  readonly end?: boolean
}
