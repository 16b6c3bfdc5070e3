// What a command has around it: its terminal, its input, its environment. The only way to them, so that tests can hold it.
import { styleOf, type Output, type Style } from './terminal/style.ts'
import type { Screen } from './terminal/live-view.ts'
import type { Runner } from '../contracts/commands.ts'

export interface Surroundings {
  readonly out: Screen & Output
  readonly err: Screen & Output
  readonly input: AsyncIterable<Uint8Array>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by Ctrl-C or SIGTERM: commands stop in good order. */
  readonly signal: AbortSignal
  /** Milliseconds that never go back. */
  readonly monotonic: () => number
  readonly load: <Name extends keyof Runner>(name: Name) => Promise<Runner[Name]>
}

/** @param widthMax columns that are used at most. Default: what is good to read. */
export function outStyle({ out, env }: Surroundings, widthMax?: number): Style {
  return styleOf(out, env, widthMax)
}

export function errStyle({ err, env }: Surroundings): Style {
  return styleOf(err, env)
}

export function print(screen: Screen, lines: readonly string[]): void {
  if (lines.length > 0) screen.write(`${lines.join('\n')}\n`)
}

export function printJson(screen: Screen, data: unknown): void {
  screen.write(`${JSON.stringify(data, jsonValue, 2)}\n`)
}

/** One line, for answers that come one after the other. */
export function printJsonLine(screen: Screen, data: unknown): void {
  screen.write(`${JSON.stringify(data, jsonValue)}\n`)
}

/** JSON has no infinity and no bigint: they become null and decimal text. */
function jsonValue(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Map ? Object.fromEntries(value) : value
}
