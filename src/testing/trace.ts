// What happened in a simulation, line by line: as one hash for all of it, and as text for those who look.
// Two runs of one seed are the same run exactly when their hashes are equal.

const LINES_KEPT = 40

export class Trace {
  #high = 0x811c9dc5
  #low = 0x01000193
  #lines = 0
  readonly #recent: string[] = []
  readonly #tell: ((line: string) => void) | undefined

  /** @param tell gets every line as it happens. */
  constructor(tell?: (line: string) => void) {
    this.#tell = tell
  }

  /** Lines so far. */
  get lines(): number {
    return this.#lines
  }

  /** 64 bits over all lines, hex (two FNV-1a hashes side by side; for equality, not for safety). */
  get hash(): string {
    return [this.#high, this.#low]
      .map((half) => (half >>> 0).toString(16).padStart(8, '0'))
      .join('')
  }

  /** The newest lines, oldest first. */
  get recent(): readonly string[] {
    return this.#recent.slice(-LINES_KEPT)
  }

  note(line: string): void {
    let high = this.#high
    let low = this.#low
    for (let i = 0; i < line.length; i++) {
      const unit = line.charCodeAt(i)
      high = Math.imul(high ^ unit, 0x01000193)
      low = Math.imul(low ^ unit, 0x5bd1e995)
    }
    this.#high = Math.imul(high ^ 10, 0x01000193)
    this.#low = Math.imul(low ^ 10, 0x5bd1e995)
    this.#lines++
    if (this.#recent.push(line) >= LINES_KEPT * 2) this.#recent.splice(0, LINES_KEPT)
    this.#tell?.(line)
  }
}
