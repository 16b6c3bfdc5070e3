// What every command is built with: its options said once, its examples, its answer.
import { InvalidArgumentError, Option, type Command } from 'commander'
import { milliseconds, type Duration } from '../base/duration.ts'
import type { Answer, RangeEnd } from '../contracts/commands.ts'
import { inTheWayOf } from './writable-file.ts'
import { outStyle, print, printJson, type Surroundings } from './surroundings.ts'

export interface Program {
  readonly root: Command
  readonly around: Surroundings
  /** How the command that was called went. */
  readonly outcome: { ok: boolean }
}

/** Examples under a help text. */
export function examples(
  lines: readonly (readonly [command: string, what: string])[],
  around: Surroundings,
): string {
  const { bold, accent, dim } = outStyle(around)
  const shown = lines.map(([command, what]) => `  ${accent(command)}\n      ${dim(what)}`)
  return `\n${bold('Examples:')}\n${shown.join('\n')}`
}

export function logOption(): Option {
  return new Option('--log <folder>', 'where the log lives')
    .default('./.millrace/data')
    .env('MILLRACE_LOG')
}

export function jsonOption(): Option {
  return new Option('--json', 'answer in JSON, for programs').default(false)
}

export function fileOption(): Option {
  return new Option('--file <file>', 'the definition (default: the one the log was last run with)')
}

export function partitionsOption(): Option {
  return new Option(
    '--partitions <n>',
    'tasks a stage, on the first run; fixed from then on',
  ).argParser(wholeNumber)
}

export function showValuesOption(): Option {
  return new Option('--show-values', 'show values of events, too, not only where they lie').default(
    false,
  )
}

/** A parser of whole numbers from 1 on. */
export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError(`It must be a whole number from 1 on; found '${text}'.`)
  }
  return value
}

/** A parser of numbers of partitions, which begin with 0. */
export function partitionNumber(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text)
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError(`It must be a whole number from 0 on; found '${text}'.`)
  }
  return value
}

/**
 * A parser of files to write at the end of what may take long.
 * @throws InvalidArgumentError now, when it could not be written then.
 */
export function writableFile(path: string): string {
  const found = inTheWayOf(path)
  if (found === undefined) return path
  throw new InvalidArgumentError(`It must be a file that can be written; found that ${found}.`)
}

const BYTES: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 }

/** A parser of sizes: `500MB`, `20GB`, `1.5TB`; decimal units, as devices are sold. In bytes. */
export function byteSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([kmgt]?)b?$/i.exec(text)
  const bytes = match === null ? NaN : Number(match[1]) * BYTES[match[2].toLowerCase()]
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes
  throw new InvalidArgumentError(`It must be a size, such as 500MB or 20GB; found '${text}'.`)
}

/** A parser of durations: `50ms`, `10s`, `2h`; in ms. */
export function duration(text: string): number {
  let ms = 0
  try {
    ms = milliseconds(text as Duration)
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
  if (ms > 0) return ms
  throw new InvalidArgumentError(`It must be longer than nothing; found '${text}'.`)
}

/** A parser of ends of ranges: an offset, or an ISO time with its zone. */
export function rangeEnd(text: string): RangeEnd {
  if (/^\d+$/.test(text)) return { offset: Number(text) }
  const time = /T.*(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : NaN
  if (!Number.isNaN(time)) return { time }
  throw new InvalidArgumentError(
    `It must be an offset, or a time with its zone, such as 2026-01-05T09:00Z; found '${text}'.`,
  )
}

/** Prints an answer as it was asked for. */
export function answer(
  program: Program,
  result: Answer,
  options: { readonly json: boolean },
): void {
  if (options.json) printJson(program.around.out, result.data)
  else print(program.around.out, result.lines)
  program.outcome.ok = result.ok
}
