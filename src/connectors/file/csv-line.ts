// A row as a line of CSV (RFC 4180), so that an import gives the same row again: texts that look like something else are quoted,
// and so is an empty one.
import { looksLikeText } from './csv-cells.ts'
import type { Row } from './row-shape.ts'

export function csvHeader(names: readonly string[], delimiter: string): string {
  return `${names.map((name) => textCell(name, delimiter)).join(delimiter)}\n`
}

export function csvLine(row: Row, names: readonly string[], delimiter: string): string {
  return `${names.map((name) => cell(row[name], delimiter)).join(delimiter)}\n`
}

function cell(value: unknown, delimiter: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return textCell(value, delimiter)
  // All digits of such an integer would be taken for a text, which keeps them.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return Number(value).toExponential()
  const text = JSON.stringify(value)
  return typeof value === 'object' || text.includes(delimiter) ? quoted(text) : text
}

function textCell(text: string, delimiter: string): string {
  const plain = text !== '' && !/^\s|["\r\n]|\s$/.test(text) && !text.includes(delimiter)
  return plain && looksLikeText(text) ? text : quoted(text)
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
