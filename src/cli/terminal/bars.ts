// Small pictures made of block characters.

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']
const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** A bar of `share` (0 to 1) of `width` columns, to an eighth of a column; without the empty part. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(Math.max(share, 0), 1) * width * 8)
  return '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7]
}

/** One column a value, its height between the least and the greatest. Undefined values are gaps. */
export function sparkline(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined)
  const least = Math.min(...known)
  const range = Math.max(...known) - least
  return values
    .map((value) => {
      if (value === undefined) return ' '
      return LEVELS[range === 0 ? 3 : Math.round(((value - least) / range) * 7)]
    })
    .join('')
}
