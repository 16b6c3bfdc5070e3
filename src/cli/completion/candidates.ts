// What may come next on a command line, from the commands as they are declared: so that no option can be forgotten.
import type { Argument, Command, Option } from 'commander'

export interface Candidate {
  readonly word: string
  /** What it does, where that is known. */
  readonly what: string
}

export type Next =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  /** Names that the shell knows better. */
  | { readonly kind: 'names'; readonly of: 'files' | 'folders' }
  /** Topics of the log in a folder. */
  | { readonly kind: 'topics'; readonly log: string | undefined }

const NOTHING: Next = { kind: 'words', candidates: [] }

/** @param words behind the name of the program; the last one is being written, and may be empty. */
export function nextWords(root: Command, words: readonly string[]): Next {
  const current = words.at(-1) ?? ''
  const line = readLine(root, words.slice(0, -1))
  const { command, expects, operands } = line
  if (expects !== undefined) return valueOf(expects, line, current)
  if (current.startsWith('-')) {
    const options = command.options.filter(({ hidden }) => !hidden)
    return wordsOf(
      [...options, ...helpOf(command)].map(({ long, description }) => ({
        word: long ?? '',
        what: description,
      })),
      current,
    )
  }
  if (command.commands.length > 0 && operands === 0) {
    const known = command.commands.filter((each) => !isHidden(each))
    const help = { word: 'help', what: 'print help for a command' }
    return wordsOf(
      [...known.map((each) => ({ word: each.name(), what: each.description() })), help],
      current,
    )
  }
  const declared = command.registeredArguments
  const argument = declared[operands] ?? declared.findLast(({ variadic }) => variadic)
  return argument === undefined ? NOTHING : valueOf(argument, line, current)
}

/** Where a command line has come to. */
interface Line {
  readonly command: Command
  /** The option whose value comes next. */
  readonly expects: Option | undefined
  /** Operands of the command so far. */
  readonly operands: number
  readonly log: string | undefined
}

function readLine(root: Command, words: readonly string[]): Line {
  let command = root
  let expects: Option | undefined
  let operands = 0
  let log: string | undefined
  for (const word of words) {
    if (expects !== undefined) {
      if (expects.long === '--log') log = word
      expects = undefined
      continue
    }
    if (word.startsWith('-')) {
      const [name, value] = word.split('=', 2)
      const option = command.options.find(({ long, short }) => long === name || short === name)
      if (option?.long === '--log' && value !== undefined) log = value
      if (option !== undefined && (option.required || option.optional) && value === undefined)
        expects = option
      continue
    }
    const below = operands === 0 ? command.commands.find((each) => each.name() === word) : undefined
    if (below === undefined) operands++
    else command = below
  }
  return { command, expects, operands, log }
}

/** What a value may be, by its choices, else by the word in its angle brackets. */
function valueOf(of: Option | Argument, { log }: Line, current: string): Next {
  if (of.argChoices !== undefined)
    return wordsOf(
      of.argChoices.map((word) => ({ word, what: '' })),
      current,
    )
  const name = 'flags' in of ? (/<([\w-]+)/.exec(of.flags)?.[1] ?? '') : of.name()
  switch (name) {
    case 'topic':
      return { kind: 'topics', log }
    case 'folder':
      return { kind: 'names', of: 'folders' }
    case 'file':
    case 'files':
    case 'backup':
    case 'place':
      return { kind: 'names', of: 'files' }
    default:
      return NOTHING
  }
}

function wordsOf(candidates: readonly Candidate[], current: string): Next {
  const fitting = candidates.filter(({ word }) => word !== '' && word.startsWith(current))
  return { kind: 'words', candidates: fitting }
}

function helpOf(command: Command): readonly { long: string; description: string }[] {
  const version =
    command.parent === null ? [{ long: '--version', description: 'print the version' }] : []
  return [{ long: '--help', description: 'print help' }, ...version]
}

/** Commands that are only for programs begin so. */
export function isHidden(command: Command): boolean {
  return command.name().startsWith('__')
}
