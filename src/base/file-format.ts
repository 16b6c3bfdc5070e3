// Which format a file has: by what is said of it, else by the end of its name.
import { DefinitionError } from './errors.ts'

export const FILE_FORMATS = ['csv', 'jsonl', 'parquet'] as const
export type FileFormat = (typeof FILE_FORMATS)[number]

export interface FormatOf {
  readonly format: FileFormat
  /** Whether its bytes are compressed by gzip. */
  readonly gzip: boolean
  /** What its name says lies between cells. */
  readonly delimiter: ',' | '\t'
}

const ENDINGS: Readonly<Record<string, FileFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
}

/** @throws DefinitionError of that code where neither says it. */
export function formatOf(
  path: string,
  stated?: FileFormat,
  code: 'ML_USAGE' | 'ML_DEFINITION' = 'ML_USAGE',
): FormatOf {
  const gzip = /\.gz$/i.test(path)
  const format = stated ?? formatOfName(path)
  if (format === undefined) {
    throw new DefinitionError(
      `a file's name must end in ${Object.keys(ENDINGS)
        .map((each) => `.${each}`)
        .join(', ')}, with .gz behind it where it is compressed; ` +
        `found '${path}'; say its format: ${FILE_FORMATS.join(', ')}`,
      { code },
    )
  }
  if (format === 'parquet' && gzip) {
    throw new DefinitionError(
      `a Parquet file compresses its own pages; found '${path}'; decompress it first`,
      { code },
    )
  }
  return { format, gzip, delimiter: endingOf(path) === 'tsv' ? '\t' : ',' }
}

/** What the end of a name promises; undefined where it promises nothing. */
export function formatOfName(path: string): FileFormat | undefined {
  return ENDINGS[endingOf(path)]
}

function endingOf(path: string): string {
  return /\.([a-z]+)(?:\.gz)?$/i.exec(path)?.[1].toLowerCase() ?? ''
}
