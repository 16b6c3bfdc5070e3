// What a prediction is when the model gives none: values stated in the definition, one for each
// output.
import { ModelError } from '../base/errors.ts'
import type { OutputInfo } from '../contracts/runtime.ts'
import type { OutputTable } from './output-table.ts'

export type FallbackValue = number | boolean | string | readonly number[]
export type Fallback = ReadonlyMap<string, FallbackValue>

/**
 * @throws ModelError ML_MODEL when it is no object of numbers, booleans, strings and lists of
 * numbers.
 */
export function parseFallback(value: unknown): Fallback | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuse('an object of output values', 'another type')
  const entries: [string, FallbackValue][] = []
  for (const [name, entry] of Object.entries(value)) {
    if (!isValue(entry))
      refuse(`a finite number, boolean, string or list of numbers for ${name}`, 'another type')
    entries.push([name, entry])
  }
  return new Map(entries)
}

/**
 * @throws ModelError ML_MODEL when an output has no value or one of another kind, or a value has no
 * output.
 */
export function checkFallback(
  fallback: Fallback | undefined,
  outputs: readonly OutputInfo[],
): void {
  if (fallback === undefined) return
  for (const { name, kind } of outputs) {
    const value = fallback.get(name)
    const found = value === undefined ? 'none' : Array.isArray(value) ? 'vector' : typeof value
    if (found !== kind) refuse(`a ${kind} for the output ${name}`, found)
  }
  for (const name of fallback.keys()) {
    if (!outputs.some((output) => output.name === name)) {
      refuse(`values for the outputs ${outputs.map((output) => output.name).join(', ')}`, name)
    }
  }
}

/** Writes the fallback as the row's outputs. */
export function writeFallback(
  fallback: Fallback,
  outputs: readonly OutputInfo[],
  into: OutputTable,
  row: number,
): void {
  for (let i = 0; i < outputs.length; i++) {
    const value = fallback.get(outputs[i].name)
    if (typeof value === 'number') into.number(i, row, value)
    else if (typeof value === 'boolean') into.number(i, row, value ? 1 : 0)
    else if (typeof value === 'string') into.text(i, row, value)
    else if (value !== undefined) {
      const at = into.reserve(i, row, value.length)
      into.vectors(i).set(value, at)
    }
  }
}

function isValue(value: unknown): value is FallbackValue {
  if (typeof value === 'boolean' || typeof value === 'string') return true
  return Array.isArray(value) ? value.every(Number.isFinite) : Number.isFinite(value)
}

function refuse(expected: string, found: string): never {
  throw new ModelError(
    'ML_MODEL',
    `the option fallback must be ${expected}; found ${found}; state one value for each output`,
  )
}
