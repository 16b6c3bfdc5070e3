// What the fields of a prediction are made from, of what a learner gives.
import { ModelError } from '../../base/errors.ts'
import type { Learner } from '../../contracts/learner.ts'
import type { OutputTable } from '../output-table.ts'

export interface LearnerOutput {
  readonly name: string
  readonly kind: 'number' | 'vector'
  /** Writes a field of all rows. @param given the learner's outputs, row by row. */
  readonly write: (given: Float64Array, rows: number, into: OutputPlace) => void
}

interface OutputPlace {
  readonly table: OutputTable
  readonly output: number
}

/** @param outputs what each field is: `probabilities`, `probabilities[1]`, `label`, `value`, `score` or `cluster`. */
export function learnerOutputs({ outputs: width }: Learner, outputs: unknown): LearnerOutput[] {
  const entries = typeof outputs === 'object' && outputs !== null ? Object.entries(outputs) : []
  return entries.map(([name, from]): LearnerOutput => {
    if (from === 'probabilities')
      return { name, kind: 'vector', write: (...all) => writeAll(width, ...all) }
    if (from === 'label')
      return { name, kind: 'number', write: (...all) => writeLikeliest(width, ...all) }
    const place = SINGLE.has(String(from)) ? 0 : placeOf(from)
    if (place === undefined || place >= width)
      throw new ModelError(
        'ML_MODEL',
        `the output ${name} must be something the learner gives; found ${String(from)}; write '${width > 1 ? 'probabilities[1]' : 'value'}'`,
      )
    return { name, kind: 'number', write: (...all) => writeOne({ width, place }, ...all) }
  })
}

/** What a learner gives that gives one number. */
const SINGLE: ReadonlySet<string> = new Set(['value', 'score', 'cluster'])

function placeOf(from: unknown): number | undefined {
  const [, place] = /^probabilities\[(\d+)\]$/.exec(String(from)) ?? []
  return place === undefined ? undefined : Number(place)
}

function writeOne(
  { width, place }: { readonly width: number; readonly place: number },
  given: Float64Array,
  rows: number,
  { table, output }: OutputPlace,
): void {
  for (let row = 0; row < rows; row++) table.number(output, row, given[row * width + place])
}

/** Of equally likely ones the first. */
function writeLikeliest(
  width: number,
  given: Float64Array,
  rows: number,
  { table, output }: OutputPlace,
): void {
  for (let row = 0; row < rows; row++) {
    let best = 0
    for (let c = 1; c < width; c++) if (given[row * width + c] > given[row * width + best]) best = c
    table.number(output, row, best)
  }
}

function writeAll(
  width: number,
  given: Float64Array,
  rows: number,
  { table, output }: OutputPlace,
): void {
  for (let row = 0; row < rows; row++) {
    const at = table.reserve(output, row, width)
    table.vectors(output).set(given.subarray(row * width, (row + 1) * width), at)
  }
}
