// Lines that change in place on a terminal, and plain lines now and then elsewhere. It draws a frame with one write
// and erases only to the end of each line, so nothing flickers; what others print meanwhile must go through `above`.
import type { Style } from './style.ts'

/** The part of `process.stdout` that is used. */
export interface Screen {
  readonly isTTY?: boolean
  readonly rows?: number
  write(text: string): unknown
}

const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const TO_LINE_END = '\u001b[K'
const TO_SCREEN_END = '\u001b[J'

/** Plain lines are that far apart. */
const PLAIN_EVERY_MS = 10_000

export class LiveView<State> {
  readonly #screen: Screen
  readonly #style: () => Style
  readonly #lines: (state: State, style: Style) => string[]
  readonly #line: (state: State) => string
  #drawn = 0
  #hidden = false
  #plainAt = -Infinity

  /** @param options.style is asked for each frame: a window changes its size. */
  constructor(options: {
    readonly screen: Screen
    readonly style: () => Style
    readonly lines: (state: State, style: Style) => string[]
    readonly line: (state: State) => string
  }) {
    this.#screen = options.screen
    this.#style = options.style
    this.#lines = options.lines
    this.#line = options.line
  }

  /** Shows the state. @param nowMs of a clock that never goes back. */
  show(state: State, nowMs: number): void {
    if (this.#screen.isTTY === true) this.#draw(this.#lines(state, this.#style()))
    else if (nowMs - this.#plainAt >= PLAIN_EVERY_MS) {
      this.#plainAt = nowMs
      this.#screen.write(`${this.#line(state)}\n`)
    }
  }

  /** Gives the terminal back at once, for a process that ends without closing anything. */
  static abandon(screen: Screen): void {
    if (screen.isTTY === true) screen.write(SHOW_CURSOR)
  }

  /** Prints a line that stays, above those that change. */
  above(text: string): void {
    this.#erase()
    this.#screen.write(`${text}\n`)
    this.#drawn = 0
  }

  /** Ends it: the last frame stays, or is erased, and the cursor is back. */
  close(last: 'keep' | 'erase' = 'keep'): void {
    if (last === 'erase') this.#erase()
    if (this.#hidden) this.#screen.write(SHOW_CURSOR)
    this.#hidden = false
    this.#drawn = 0
  }

  #draw(lines: readonly string[]): void {
    // A frame taller than the window would scroll, and moving up could then not reach its top.
    const shown = lines.slice(0, Math.max(1, (this.#screen.rows ?? 24) - 1))
    const start = (this.#hidden ? '' : HIDE_CURSOR) + upBy(this.#drawn)
    const body = shown.map((line) => `${line}${TO_LINE_END}\n`).join('')
    this.#screen.write(start + body + TO_SCREEN_END)
    this.#hidden = true
    this.#drawn = shown.length
  }

  #erase(): void {
    if (this.#drawn > 0) this.#screen.write(upBy(this.#drawn) + TO_SCREEN_END)
  }
}

function upBy(lines: number): string {
  return lines === 0 ? '' : `\r\u001b[${lines}A`
}
