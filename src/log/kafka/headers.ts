// Headers of a record: lines of text in Millrace, names and bytes on Kafka. Values are percent-encoded in the lines, so that any bytes fit.

/** The exact event time of a record whose own timestamp cannot hold it: fractions, times before 1970, none at all. */
export const TIME_HEADER = 'millrace-time'

export interface Header {
  readonly name: string
  readonly value: Uint8Array
}

const utf8 = new TextEncoder()
const PERCENT = 0x25

export function headersOf(lines: string): readonly Header[] {
  if (lines === '') return []
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const colon = line.indexOf(': ')
      return { name: line.slice(0, colon), value: unescaped(line.slice(colon + 2)) }
    })
}

/** @param value raw bytes, of any program. */
export function headerLineOf(name: string, value: Uint8Array): string {
  let text = ''
  for (const byte of value)
    text += isPlain(byte)
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return `${name.replaceAll(/[^\w.-]/g, '_')}: ${text}\n`
}

/** What encodeURIComponent leaves as it is. */
function isPlain(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    "-_.!~*'()".includes(String.fromCharCode(byte))
  )
}

function unescaped(text: string): Uint8Array {
  const bytes = utf8.encode(text)
  let used = 0
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === PERCENT) {
      bytes[used++] = Number.parseInt(text.slice(i + 1, i + 3), 16)
      i += 2
    } else bytes[used++] = bytes[i]
  }
  return bytes.subarray(0, used)
}
