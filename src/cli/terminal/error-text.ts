// An error as a person needs it: what, where, what to do (the message says both), the code and where to read about it.
// What is no error of Millrace is shown with its cause and its trace, and called what it is: a bug.
import { MillraceError } from '../../base/errors.ts'
import { padded, wrapped, type Style } from './style.ts'

const MARGIN = 7
const TEXT_WIDTH = 100

export function errorLines(error: unknown, style: Style): string[] {
  return error instanceof MillraceError ? knownLines(error, style) : unknownLines(error, style)
}

/** As data, for `--json`. */
export function errorJson(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof MillraceError)) {
    return { error: { code: 'ML_INTERNAL', message: messageOf(error), retryable: false } }
  }
  const { code, message, retryable } = error
  const details = Object.fromEntries(shownDetails(error))
  return { error: { code, message, retryable, details, causes: causesOf(error).map(messageOf) } }
}

function knownLines(error: MillraceError, style: Style): string[] {
  const { code, message, retryable } = error
  const where = shownDetails(error).map(([name, value]) => `${name} ${value}`)
  const lines = [
    ...headed(style.bad('error'), message, style),
    ...(where.length > 0 ? headed('where', where.join(', '), style) : []),
    ...causesOf(error).flatMap((cause) => headed('cause', messageOf(cause), style)),
    ...(retryable ? headed('again', 'the same may succeed later, without a change', style) : []),
    ...headed('code', `${code}, see docs/errors.md#${code.toLowerCase()}`, style),
  ]
  return code === 'ML_INTERNAL' ? [...lines, '', ...bugLines(error, style)] : lines
}

function unknownLines(error: unknown, style: Style): string[] {
  return [
    ...headed(style.bad('error'), messageOf(error), style),
    ...causesOf(error).flatMap((cause) => headed('cause', messageOf(cause), style)),
    '',
    ...bugLines(error, style),
  ]
}

/** A word in the margin, and the text beside it. */
function headed(head: string, text: string, style: Style): string[] {
  const margin = padded(head, MARGIN)
  const lines = wrapped(text, Math.min(style.width, TEXT_WIDTH) - MARGIN)
  return lines.map((line, i) => (i === 0 ? margin : ' '.repeat(MARGIN)) + line)
}

function bugLines(error: unknown, style: Style): string[] {
  const trace = error instanceof Error ? (error.stack ?? '').split('\n').slice(1) : []
  return [
    'This is a bug of Millrace, or of a function of the definition. Please report it with these lines:',
    ...trace.map((line) => style.dim(line)),
  ]
}

function shownDetails(error: MillraceError): [string, string][] {
  return Object.entries(error.details)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, String(value)])
}

/** From the nearest; a circle ends it. */
function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = []
  let cause = error instanceof Error ? error.cause : undefined
  while (cause !== undefined && !causes.includes(cause)) {
    causes.push(cause)
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return `something was thrown that is no error: ${String(error)}`
  return error instanceof MillraceError ? error.message : `${error.name}: ${error.message}`
}
