// A column of texts, of the few that are written by hand.
import type { TextColumn } from '../../contracts/columns.ts'

export function textColumn(texts: readonly string[]): TextColumn {
  const parts = texts.map((text) => Buffer.from(text, 'utf8'))
  const ends = new Uint32Array(texts.length + 1)
  for (let i = 0; i < parts.length; i++) ends[i + 1] = ends[i] + parts[i].length
  return { kind: 'string', bytes: new Uint8Array(Buffer.concat(parts)), ends, marks: undefined }
}
