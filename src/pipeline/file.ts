// Names files at the edge of the log: where a stream comes from, or where an output goes to. Nothing is read or written here.
import { formatOf } from '../base/file-format.ts'
import { checkOptions, found, part, refuse, type Part } from './check.ts'
import type { FileOptions } from './file-options.ts'
import type { FileSinkPlan } from './plan.ts'

/** What `file(path)` gives: the source of a stream, or where an output goes. */
export interface FileEdge {
  /** That it is a file. */
  readonly kind: 'file'
  /** Relative to the definition's file. */
  readonly paths: readonly string[]
  /** How they are read or written. */
  readonly options: FileOptions
}

const READING = ['topic', 'format', 'delimiter', 'columns', 'timestamps', 'strict', 'end']

/**
 * A file, or several that are read one after the other: CSV, JSON lines or Parquet, by the ends of their names.
 *
 * As the source of a stream it is copied into a topic when the pipeline runs, each line once: how far it was read is in the same
 * append as what was read. Cells of CSV become what the stream's schema wants. As an output it has a line or row a record: JSON lines and CSV grow as
 * the pipeline runs, Parquet is written as a whole when the run ends.
 * @param path relative to the definition's file.
 * @example
 * const visits = stream('visits', {
 *   source: file('visits.csv.gz'),
 *   schema: z.object({ user: z.string(), at: z.iso.datetime() }),
 *   key: (visit) => visit.user,
 *   time: (visit) => visit.at,
 * })
 * @throws DefinitionError when it is no path, or an option is none.
 */
export function file(
  path: string | readonly [string, ...string[]],
  options: FileOptions = {},
): FileEdge {
  const paths = typeof path === 'string' ? [path] : path
  const own = part('file', typeof path === 'string' ? path : String(path))
  if (!isPaths(paths))
    refuse(
      own,
      `a file must be given as its path, or a list of paths; found ${found(path)}; write file('payments.csv')`,
    )
  checkOptions(own, options, READING)
  checkReading(own, options)
  for (const each of paths) formatOf(each, options.format, 'ML_DEFINITION')
  const twice = paths.find((each, i) => paths.indexOf(each) < i)
  if (twice !== undefined)
    refuse(own, `a file must be read once; found '${twice}' twice; leave one out`)
  return Object.freeze({
    kind: 'file',
    paths: Object.freeze([...paths]),
    options: Object.freeze({ ...options }),
  })
}

function isPaths(paths: unknown): paths is readonly string[] {
  return (
    Array.isArray(paths) &&
    paths.length > 0 &&
    paths.every((path) => typeof path === 'string' && path !== '')
  )
}

function checkReading(
  own: Part,
  { format, delimiter, columns, timestamps, strict, end }: FileOptions,
): void {
  checkChoice(own, ['format', format], ['csv', 'jsonl', 'parquet'])
  checkChoice(own, ['timestamps', timestamps], ['iso', 'ms'])
  checkChoice(own, ['strict', strict], [true, false])
  checkChoice(own, ['end', end], [true, false])
  if (delimiter !== undefined && (typeof delimiter !== 'string' || delimiter.length !== 1))
    refuse(own, `delimiter must be one character; found ${found(delimiter)}; write delimiter: ';'`)
  if (columns !== undefined && !isPaths(columns))
    refuse(
      own,
      `columns must be a list of names; found ${found(columns)}; write columns: ['id', 'amount']`,
    )
}

function checkChoice(
  own: Part,
  [option, value]: readonly [string, unknown],
  choices: readonly unknown[],
): void {
  if (value === undefined || choices.includes(value)) return
  const all = choices.map((each) => (typeof each === 'string' ? `'${each}'` : String(each)))
  refuse(
    own,
    `${option} must be ${all.join(' or ')}; found ${found(value)}; correct it, or leave it out`,
  )
}

/** Checks that it was made by `file`. */
export function isFile(value: unknown): value is FileEdge {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'file'
}

/** What a file stands for as an output. */
export function fileSinkOf(of: Part, { paths, options }: FileEdge): FileSinkPlan {
  const [path] = paths
  if (paths.length > 1) refuse(of, `an output must be one file; found ${paths.length}; name one`)
  const { topic, format: stated, end: _, strict: __, columns, delimiter, ...reading } = options
  const { format, gzip, delimiter: usual } = formatOf(path, stated, 'ML_DEFINITION')
  const odd = [
    ...Object.keys(reading),
    ...(format === 'csv'
      ? []
      : Object.keys({ columns, delimiter }).filter((each) => each in options)),
  ]
  if (odd.length > 0)
    refuse(
      of,
      `an output must have only what it is written by: topic and format, of CSV columns and delimiter; found ${odd.join(', ')} of '${path}'; leave them out`,
    )
  if (gzip)
    refuse(
      of,
      `a file that is written must not be compressed as a whole; found '${path}'; leave .gz out, or name it .parquet, whose pages are`,
    )
  return {
    kind: 'file',
    topic: topic ?? (path.split(/[\\/]/).at(-1) ?? '').replace(/\.[^.]*$/, ''),
    path,
    format,
    delimiter: delimiter ?? usual,
    columns,
  }
}
