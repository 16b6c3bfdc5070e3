// Judges texts by their UTF-8 bytes: a string is made only where a pattern asks for one.
import type { TextRules } from './native-shape.ts'
import { TextSet } from './text-set.ts'
import { isCommonUtcTime } from './utc-time.ts'

export class CompiledText {
  readonly #rules: TextRules
  readonly #values: TextSet | undefined

  constructor(rules: TextRules) {
    this.#rules = rules
    this.#values = rules.values === undefined ? undefined : new TextSet(rules.values)
  }

  /** Whether the text at [start, end), of that many UTF-16 units and code points, fits for sure. */
  fits(bytes: Buffer, start: number, end: number, units: number, points: number): boolean {
    const { min, max, patterns, utcTime } = this.#rules
    if (points < min || units > max) return false
    if (this.#values !== undefined && !this.#values.has(bytes, start, end)) return false
    if (patterns.length === 0) return true
    if (utcTime && isCommonUtcTime(bytes, start, end)) return true
    const string = bytes.toString('utf8', start, end)
    for (const pattern of patterns) if (!pattern.test(string)) return false
    return true
  }
}
