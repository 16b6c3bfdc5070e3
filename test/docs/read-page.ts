// What a page of the documents says to a machine: its fenced blocks, each with the marks that stand before it in comments.

/** One of the comments that only the tests read: `<!-- doc: WORD ARGUMENT -->`, or with a text on the lines below. */
export interface Mark {
  readonly word: MarkWord
  readonly argument: string
  readonly text: string
  readonly line: number
}

export interface Block {
  /** What follows the fence: `ts`, `sh`, or nothing. */
  readonly language: string
  readonly text: string
  /** The line of its first line of text, from 1. */
  readonly line: number
  readonly marks: readonly Mark[]
}

const WORDS = [
  'file',
  'copy',
  'before',
  'goes-on',
  'compile',
  'output',
  'equals',
  'fails',
  'background',
  'ci',
  'skip',
] as const
type MarkWord = (typeof WORDS)[number]

const COMMENT = /^<!-- doc: *(\S+) *(.*?)(-->)?$/
const FENCE = /^( *)(```+|~~~+) *(\S*)/

/** The blocks of a page in their order. A file that is only in a comment, or a copy of one, comes as a block of its own. */
export function readPage(page: string): readonly Block[] {
  const lines = page.split('\n')
  const blocks: Block[] = []
  let marks: Mark[] = []
  for (let i = 0; i < lines.length; i++) {
    const comment = COMMENT.exec(lines[i])
    if (comment !== null) {
      const { mark, last } = readMark(lines, i, comment)
      i = last
      if (mark.word === 'copy' || (mark.word === 'file' && mark.text !== ''))
        blocks.push({ language: '', text: mark.text, line: mark.line + 1, marks: [mark] })
      else marks.push(mark)
      continue
    }
    const fence = FENCE.exec(lines[i])
    if (fence === null) {
      if (lines[i].trim() !== '' && marks.length > 0)
        throw new Error(`line ${marks[0].line}: a mark must stand right before a block`)
      continue
    }
    const [, indent, bar, language] = fence
    const begin = i + 1
    while (++i < lines.length && lines[i].trim() !== bar);
    if (i === lines.length) throw new Error(`line ${begin}: a block must be closed`)
    const text = lines
      .slice(begin, i)
      .map((line) => `${line.slice(Math.min(indent.length, line.search(/\S|$/)))}\n`)
      .join('')
    blocks.push({ language, text, line: begin + 1, marks })
    marks = []
  }
  return blocks
}

function readMark(lines: readonly string[], at: number, found: RegExpExecArray): ReadMark {
  const [, name, argument, closed] = found
  const line = at + 1
  const word = WORDS.find((known) => known === name)
  if (word === undefined)
    throw new Error(`line ${line}: a mark must be one of ${WORDS.join(', ')}; found '${name}'`)
  if (closed !== undefined)
    return { mark: { word, argument: argument.trim(), text: '', line }, last: at }
  let last = at
  while (++last < lines.length && lines[last].trim() !== '-->');
  if (last === lines.length) throw new Error(`line ${line}: a comment must be closed by -->`)
  const text = lines
    .slice(at + 1, last)
    .map((each) => `${each}\n`)
    .join('')
  return { mark: { word, argument: argument.trim(), text, line }, last }
}

interface ReadMark {
  readonly mark: Mark
  readonly last: number
}
