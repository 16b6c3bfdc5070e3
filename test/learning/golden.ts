// What the references said, and the data they said it of. Neither is part of the product: MILLRACE_SHARED names the folder they lie
// in, else `../shared` beside the repository. Whoever reads them skips where they are absent, and says so.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const shared = process.env['MILLRACE_SHARED'] ?? join(import.meta.dirname, '../../../shared')
export const golden: string = join(shared, 'golden/learning')

export const missing: boolean = !existsSync(join(golden, 'learners.csv'))
export const note: string = missing ? ' (skipped: no shared/golden/learning)' : ''

function lines(path: string): string[] {
  const bytes = readFileSync(path)
  const text = path.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString()
  return text.trimEnd().split(/\r?\n/)
}

/** A table with a header, its cells as texts. */
export function goldenTable(path: string): Record<string, string>[] {
  const [head, ...rows] = lines(join(golden, path))
  const names = head.split(',')
  return rows.map((row) => {
    const cells = row.split(',')
    return Object.fromEntries(names.map((name, i) => [name, cells[i]]))
  })
}

/** A table of numbers, as columns by name; an empty cell is NaN. */
export function goldenColumns(path: string): Record<string, Float64Array> {
  const [head, ...rows] = lines(join(golden, path))
  const cells = rows.map((row) => row.split(','))
  return Object.fromEntries(
    head
      .split(',')
      .map((name, i) => [
        name,
        Float64Array.from(cells, (row) => (row[i] === '' ? Number.NaN : Number(row[i]))),
      ]),
  )
}

/** A stream of numbers, one a line. */
export function goldenStream(name: string): Float64Array {
  return Float64Array.from(
    lines(join(golden, `drift/streams/${name}.csv.gz`))
      .filter((line) => line !== '' && !Number.isNaN(Number(line)))
      .map(Number),
  )
}

export interface Table {
  readonly columns: Float64Array[]
  readonly labels: Float64Array
  readonly rows: number
}

function table(rows: string[][], label: (row: string[]) => number, from = 0): Table {
  const width = rows[0].length - 1 - from
  return {
    columns: Array.from({ length: width }, (_, j) =>
      Float64Array.from(rows, (row) => Number(row[from + j])),
    ),
    labels: Float64Array.from(rows, label),
    rows: rows.length,
  }
}

const CLASSES: Readonly<Record<string, readonly [file: string, positive: string]>> = {
  elec2: ['elec2.csv.gz', 'UP'],
  phishing: ['phishing.csv.gz', '1'],
  'electricity-tiny': ['electricity-tiny.csv', '1'],
}

const tables = new Map<string, Table>()

/** Each is read once a process; nobody changes it. */
function once(name: string, read: () => Table): Table {
  const known = tables.get(name) ?? read()
  tables.set(name, known)
  return known
}

/** Features and class of one of the data sets of the golden tables, in the order of the file. */
export function classificationData(name: string): Table {
  return once(name, () => classes(name))
}

function classes(name: string): Table {
  const [file, positive] = CLASSES[name]
  const [, ...rows] = lines(join(shared, 'data', file)).map((line) => line.split(','))
  return table(rows, (row) => (row.at(-1) === positive ? 1 : 0))
}

/** Features and target of `cmapss` or `taxi`, as the README of the golden tables defines them. */
export function regressionData(name: 'cmapss' | 'taxi'): Table {
  return once(name, name === 'cmapss' ? cmapss : taxi)
}

function cmapss(): Table {
  const rows = lines(join(shared, 'data/cmapss_train_FD001.txt.gz')).map((line) =>
    line.trim().split(/\s+/),
  )
  const last = new Map<string, number>()
  for (const [unit, cycle] of rows) last.set(unit, Math.max(last.get(unit) ?? 0, Number(cycle)))
  return {
    columns: Array.from({ length: 24 }, (_, j) =>
      Float64Array.from(rows, (row) => Number(row[j + 2])),
    ),
    labels: Float64Array.from(rows, ([unit, cycle]) =>
      Math.min(125, (last.get(unit) ?? 0) - Number(cycle)),
    ),
    rows: rows.length,
  }
}

function taxi(): Table {
  const [, ...cells] = lines(join(shared, 'data/nab/nyc_taxi.csv.gz')).map((line) =>
    line.split(','),
  )
  const value = Float64Array.from(cells, (row) => Number(row[1]))
  const times = cells.map(([time]) => new Date(`${time.replace(' ', 'T')}Z`))
  const places = Array.from({ length: cells.length - 336 }, (_, i) => i + 336)
  const column = (of: (place: number) => number): Float64Array => Float64Array.from(places, of)
  return {
    columns: [
      ...[1, 2, 48, 336].map((lag) => column((i) => value[i - lag])),
      column((i) => times[i].getUTCHours() + times[i].getUTCMinutes() / 60),
      column((i) => (times[i].getUTCDay() + 6) % 7),
    ],
    labels: column((i) => value[i]),
    rows: places.length,
  }
}

/** The last four values of a series of the Numenta benchmark, the newest first, and whether each row lies in a labelled window. */
export function anomalyData(name: string): Table {
  const [, ...cells] = lines(join(shared, `data/nab/${name}.csv.gz`)).map((line) => line.split(','))
  const all = JSON.parse(readFileSync(join(shared, 'data/nab/windows.json'), 'utf8')) as Record<
    string,
    [from: string, to: string][]
  >
  const windows = all[name].map(([from, to]) => [from.slice(0, 19), to.slice(0, 19)])
  const places = Array.from({ length: cells.length - 3 }, (_, i) => i + 3)
  return {
    columns: [0, 1, 2, 3].map((lag) => Float64Array.from(places, (i) => Number(cells[i - lag][1]))),
    labels: Float64Array.from(places, (i) =>
      windows.some(([from, to]) => cells[i][0] >= from && cells[i][0] <= to) ? 1 : 0,
    ),
    rows: places.length,
  }
}
