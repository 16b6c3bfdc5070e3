// Runs the blocks of one page in their order, in one folder.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Ended } from './child.ts'
import { pageFolder, ROOT, type PageFolder } from './page-folder.ts'
import { readPage, type Block, type Mark } from './read-page.ts'
import { commandsOf, difference } from './transcript.ts'

type What = 'file' | 'module' | 'compile' | 'transcript' | 'script' | 'output' | 'json' | 'none'

/** A block with what the tests do about it. */
export interface Step {
  readonly name: string
  readonly what: What
  readonly block: Block
  /** The module or file it becomes; also its own name for the compiler's messages. */
  readonly file: string
  readonly text: string
}

/** What is done about each block of a page, by its language and its marks. */
export function stepsOf(page: string): readonly Step[] {
  const steps: Step[] = []
  for (const block of readPage(page)) {
    const copy = markOf(block, 'copy')
    if (copy !== undefined) {
      steps.push(copied(block, copy))
      continue
    }
    const before = block.marks.flatMap((mark) => (mark.word === 'before' ? [mark.text] : []))
    const earlier = markOf(block, 'goes-on') === undefined ? undefined : moduleBefore(steps)
    const what = whatOf(block)
    const text = [...(earlier === undefined ? [] : [earlier.text]), ...before, block.text].join('')
    const kind = /from 'vitest'/.test(text) ? 'test.ts' : 'ts'
    const file = markOf(block, 'file')?.argument ?? `line-${block.line}.${kind}`
    const first = block.text.split('\n', 1)[0].slice(0, 60)
    steps.push({ name: `line ${block.line}, ${what}: ${first}`, what, block, file, text })
  }
  return steps
}

/** `copy FROM TO`: a file of the repository under another name. */
function copied(block: Block, { argument, line }: Mark): Step {
  const [from, file] = argument.split(/ +/)
  if (file === undefined) throw new Error(`line ${line}: copy takes a path and a new name`)
  const text = readFileSync(join(ROOT, from), 'utf8')
  return { name: `line ${line}, copy: ${argument}`, what: 'file', block, file, text }
}

function moduleBefore(steps: readonly Step[]): Step {
  const found = steps.findLast(({ block }) => block.language === 'ts')
  if (found === undefined) throw new Error('goes-on needs a block of TypeScript before it')
  return found
}

export function markOf(block: Block, word: Mark['word']): Mark | undefined {
  return block.marks.find((each) => each.word === word)
}

function whatOf(block: Block): What {
  const { language, line } = block
  const skip = markOf(block, 'skip')
  if (skip?.argument === '') throw new Error(`line ${line}: skip must say why`)
  if (skip !== undefined || markOf(block, 'ci') !== undefined) return 'none'
  if (markOf(block, 'file') !== undefined) return 'file'
  if (markOf(block, 'output') !== undefined) return 'output'
  if (language === 'ts') return markOf(block, 'compile') === undefined ? 'module' : 'compile'
  if (language === 'json') return 'json'
  const commands = commandsOf(block.text)
  if (commands.length > 0) return 'transcript'
  if (language === 'sh') return 'script'
  throw new Error(
    `line ${line}: a block must be ts, json, sh or a transcript ('$ ...'), or be marked with 'doc: skip WHY'`,
  )
}

/** A page that is run block by block; each step says what is wrong with it, or nothing. */
export class PageRun {
  readonly #steps: readonly Step[]
  readonly #folder: PageFolder
  #printed = ''

  constructor(steps: readonly Step[], folder: PageFolder = pageFolder()) {
    this.#steps = steps
    this.#folder = folder
    for (const { what, file, text } of steps)
      if (what === 'module' || what === 'compile') this.#folder.write(file, text)
  }

  /** The folder with all TypeScript of the page in it. */
  written(): PageFolder {
    for (const { what, file, text } of this.#steps)
      if (what === 'file') this.#folder.write(file, text)
    return this.#folder
  }

  async run(step: Step): Promise<string | undefined> {
    const equal = markOf(step.block, 'equals')
    if (equal !== undefined && readFileSync(join(ROOT, equal.argument), 'utf8') !== step.block.text)
      return `it must be ${equal.argument}, letter by letter`
    return this.#do(step)
  }

  async #do({ what, block, file, text }: Step): Promise<string | undefined> {
    switch (what) {
      case 'file':
        this.#folder.write(file, text)
        return undefined
      case 'module': {
        const ended = await this.#folder.module(file, text)
        this.#printed = ended.text
        return verdict(block, ended)
      }
      case 'output':
        return difference(block.text.split('\n'), this.#printed)
      case 'transcript':
        return this.#transcript(block, text)
      case 'script':
        return verdict(block, await this.#shell(block, text))
      case 'json':
        JSON.parse(text)
        return undefined
      case 'compile':
      case 'none':
        return undefined
      default:
        throw new Error(`nothing is done about ${String(what satisfies never)}`)
    }
  }

  async #transcript(block: Block, text: string): Promise<string | undefined> {
    const prepared = text.slice(0, text.length - block.text.length)
    if (prepared !== '') {
      const { code, text: said } = await this.#folder.shell(prepared)
      if (code !== 0) return `what stands before it ended with ${code}:\n${said}`
    }
    const commands = commandsOf(block.text)
    for (const [i, { command, said }] of commands.entries()) {
      const last = i === commands.length - 1
      const ended = await (last ? this.#shell(block, command) : this.#folder.shell(command))
      const wrong = last ? verdict(block, ended) : verdictOf(ended, false)
      if (wrong !== undefined) return `$ ${command}\n${wrong}`
      const shown = said.some((line) => line.trim() !== '')
      const other = shown ? difference(said, ended.text) : undefined
      if (other !== undefined) return `$ ${command}\n${other}\nall that came out:\n${ended.text}`
    }
    return undefined
  }

  #shell(block: Block, script: string): Promise<Ended> {
    const behind = markOf(block, 'background')
    if (behind === undefined) return this.#folder.shell(script)
    return this.#folder.background(script, behind.argument)
  }

  /** Stops what the page left running; it must end well. */
  async end(): Promise<string | undefined> {
    const ended = await this.#folder.stop()
    this.#folder.remove()
    // 130 is the shell's word for: ended by Ctrl-C.
    const bad = ended.find(({ code }) => code !== 0 && code !== 130)
    return bad === undefined ? undefined : verdictOf(bad, false)
  }
}

function verdict(block: Block, ended: Ended): string | undefined {
  return verdictOf(ended, markOf(block, 'fails') !== undefined)
}

function verdictOf({ code, text }: Ended, fails: boolean): string | undefined {
  if ((code !== 0) === fails) return undefined
  return fails ? `it must fail; it ended well:\n${text}` : `it ended with ${code}:\n${text}`
}
