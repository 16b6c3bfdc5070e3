// What a terminal can show, and text in its colours. Colour never carries meaning alone: NO_COLOR loses nothing.
import { stripVTControlCharacters } from 'node:util'
import pico from 'picocolors'

export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly accent: (text: string) => string
  readonly good: (text: string) => string
  readonly warn: (text: string) => string
  readonly bad: (text: string) => string
  /** Columns of a line. */
  readonly width: number
}

const WIDTH_MAX = 100
/** A file or pipe has no width: nothing is cut short there. */
const WIDTH_NO_TERMINAL = 400

/** A terminal as output: `process.stdout` is one. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Colours only for a terminal that did not ask for none (https://no-color.org), or where FORCE_COLOR asks for them. */
export function styleOf(
  output: Output,
  env: Readonly<Record<string, string | undefined>>,
  widthMax: number = WIDTH_MAX,
): Style {
  const refused = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb'
  const forced = (env['FORCE_COLOR'] ?? '') !== '' && env['FORCE_COLOR'] !== '0'
  const columns = Math.max(20, Math.min(output.columns ?? WIDTH_MAX, widthMax))
  return style(
    !refused && (forced || output.isTTY === true),
    output.isTTY === true ? columns : WIDTH_NO_TERMINAL,
  )
}

export function style(colours: boolean, width: number = WIDTH_MAX): Style {
  const colour = pico.createColors(colours)
  return {
    bold: colour.bold,
    dim: colour.dim,
    accent: colour.cyan,
    good: colour.green,
    warn: colour.yellow,
    bad: colour.red,
    width,
  }
}

/** Columns that a text takes; all of ours are one column wide. */
export function widthOf(text: string): number {
  return stripVTControlCharacters(text).length
}

/** The text cut to so many columns, with its colours closed, so that a line never wraps. */
export function fitted(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let columns = 0
  let out = ''
  // eslint-disable-next-line no-control-regex -- colours are control sequences
  for (const [part, sequence] of text.matchAll(/(\u001b\[[\d;]*m)|[^\u001b]/g)) {
    if (sequence !== undefined) out += sequence
    else if (++columns < width) out += part
    else if (columns === width) out += '…'
  }
  return out
}

export function padded(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)))
  return side === 'left' ? text + space : space + text
}

/** The text broken between words into lines of at most that many columns; a longer word has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.split(' ')) {
      if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
        lines.push(line)
        line = word
      } else line = line === '' ? word : `${line} ${word}`
    }
    lines.push(line)
  }
  return lines
}
