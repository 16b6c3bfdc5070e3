// `millrace completion SHELL`: completes commands, options, files, and topics of the log.
import { Argument } from 'commander'
import { nextWords, type Candidate, type Next } from '../completion/candidates.ts'
import { SCRIPTS, SHELLS, type Shell } from '../completion/scripts.ts'
import { examples, logOption, type Program } from '../program.ts'

export function addCompletion(program: Program): void {
  const { around, root } = program
  root
    .command('completion')
    .description('print a script that completes command lines in your shell')
    .addArgument(new Argument('<shell>', 'whose script').choices(SHELLS))
    .addHelpText('after', examples(EXAMPLES, around))
    .action((shell: Shell) => {
      around.out.write(SCRIPTS[shell])
    })
  root
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: readonly string[]) => {
      for (const line of await linesOf(program, nextWords(root, words), words))
        around.out.write(`${line}\n`)
    })
}

const EXAMPLES = [
  ['source <(millrace completion bash)', 'in ~/.bashrc; zsh likewise in ~/.zshrc'],
  ['millrace completion fish > ~/.config/fish/completions/millrace.fish', 'once'],
] as const

async function linesOf(
  program: Program,
  next: Next,
  words: readonly string[],
): Promise<readonly string[]> {
  if (next.kind === 'names') return [`:${next.of}`]
  const candidates =
    next.kind === 'words' ? next.candidates : await topicsOf(program, next.log, words.at(-1) ?? '')
  return candidates.map(({ word, what }) => (what === '' ? word : `${word}\t${what}`))
}

/** None where there is no log: a shell has no use for an error. */
async function topicsOf(
  { around }: Program,
  given: string | undefined,
  current: string,
): Promise<readonly Candidate[]> {
  const option = logOption()
  const log = given ?? around.env[option.envVar ?? ''] ?? String(option.defaultValue)
  try {
    const list = await around.load('listTopics')
    // Those of Millrace itself when somebody begins to write one.
    const { data } = await list({ log, all: current.startsWith('_') })
    return (data as readonly { readonly name: string }[])
      .map(({ name }) => ({ word: name, what: '' }))
      .filter(({ word }) => word.startsWith(current))
  } catch {
    return []
  }
}
