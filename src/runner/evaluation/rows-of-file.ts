// Rows of a file as an evaluation takes them: a column a feature, one with the label, perhaps one with the time.
import { DefinitionError } from '../../base/errors.ts'
import { fileSource } from '../../connectors/file/file-source.ts'
import type { FileFormat } from '../../base/file-format.ts'
import type { ShareProgress } from '../../contracts/commands.ts'
import type { Records } from '../../contracts/log.ts'
import type { RowBuffer } from './row-buffer.ts'

export interface RowsOfFile {
  readonly path: string
  readonly format: FileFormat | undefined
  readonly features: readonly string[]
  readonly label: string
  /** The value of the label that is class 1; undefined: labels are numbers or booleans. */
  readonly positive: string | undefined
  /** The column of the time; undefined: rows are counted, and so is the delay. */
  readonly time: string | undefined
  /** How late labels come, in ms with a time, else in rows. */
  readonly delay: number
  readonly signal: AbortSignal
  readonly onProgress: (progress: ShareProgress) => void
}

/** Gives every row to `into`, in the order of the file. @throws DefinitionError ML_USAGE that names the row and the column. */
export async function evaluateFile(of: RowsOfFile, into: RowBuffer): Promise<void> {
  const { path, format, signal } = of
  const source = await fileSource({ path, format, odd: 'stop', timestamps: 'ms' }).open(undefined)
  let rows = 0
  try {
    for await (const batch of source.batches()) {
      signal.throwIfAborted()
      for (const event of eventsOf(batch.records)) addRow(of, { event, row: rows++ }, into)
      const share = source.size === 0 ? 1 : Math.min(1, batch.done / source.size)
      of.onProgress({ doing: 'judging rows', share })
    }
  } finally {
    await source.close()
  }
  into.flush()
}

type Event = Readonly<Record<string, unknown>>

function* eventsOf({ count, values, valueEnds }: Records): Generator<Event> {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  for (let row = 0; row < count; row++) {
    yield JSON.parse(bytes.toString('utf8', valueEnds[row], valueEnds[row + 1])) as Event
  }
}

function addRow(
  of: RowsOfFile,
  { event, row }: { readonly event: Event; readonly row: number },
  into: RowBuffer,
): void {
  if (row === 0) checkColumns(of, event)
  const time = of.time === undefined ? row : timeOf(event[of.time], of.time, row)
  const label = labelOf(of, event[of.label], row)
  into.add((i) => numberOf(event[of.features[i]], of.features[i], row), {
    label,
    time,
    due: time + of.delay,
  })
}

/** In the first row every column must be there, be it empty in later ones. */
function checkColumns({ features, label, time, path }: RowsOfFile, event: Event): void {
  const missing = [...features, label, ...(time === undefined ? [] : [time])].filter(
    (name) => !(name in event),
  )
  if (missing.length === 0) return
  throw new DefinitionError(
    `rows to evaluate must have the features of the model and the label in columns of these names; found none for ${missing.join(', ')} in ${path}, which has ${Object.keys(event).slice(0, 20).join(', ')}; name the label's with --label, and the time's with --time`,
    { code: 'ML_USAGE' },
  )
}

/** NaN for none. */
function numberOf(value: unknown, name: string, row: number): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value === undefined || value === null || value === '') return Number.NaN
  return wrong(name, 'a number, true or false, or nothing', row)
}

function labelOf({ label, positive }: RowsOfFile, value: unknown, row: number): number {
  if (positive === undefined) {
    if (typeof value === 'string' && value !== '')
      return wrong(
        label,
        'a label that is a number, true or false, or --positive to say which text is class 1',
        row,
      )
    return numberOf(value, label, row)
  }
  if (value === undefined || value === null || value === '') return Number.NaN
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === positive ? 1 : 0
}

function timeOf(value: unknown, name: string, row: number): number {
  const time = typeof value === 'string' ? Date.parse(value) : value
  if (typeof time === 'number' && Number.isFinite(time)) return time
  return wrong(name, 'a time, ms since 1970 or an ISO text', row)
}

function wrong(column: string, expected: string, row: number): never {
  throw new DefinitionError(
    `a row to evaluate must have ${expected}; found something else in column '${column}' of row ${row + 1}; correct it, or leave it empty where it is missing`,
    { code: 'ML_USAGE' },
  )
}
