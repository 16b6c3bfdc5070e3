// The command `millrace`: which commands there are, and how each ends.
// 0: done. 1: failed, or what was asked for does not hold. 2: called wrongly. 130: stopped by Ctrl-C or SIGTERM.
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { DefinitionError, MillraceError } from '../base/errors.ts'
import { OWN_PACKAGE } from '../base/own-modules.ts'
import { addBackup } from './commands/backup.ts'
import { addCompletion } from './commands/completion.ts'
import { addDataset } from './commands/dataset.ts'
import { addDeadLetters } from './commands/dead-letters.ts'
import { addEvaluate } from './commands/evaluate.ts'
import { addExport } from './commands/export.ts'
import { addExportModel } from './commands/export-model.ts'
import { addExplain } from './commands/explain.ts'
import { addImport } from './commands/import.ts'
import { addPlan } from './commands/plan.ts'
import { addReplay } from './commands/replay.ts'
import { addRestore } from './commands/restore.ts'
import { addRescale } from './commands/rescale.ts'
import { addResume } from './commands/resume.ts'
import { addRun } from './commands/run.ts'
import { addStatus } from './commands/status.ts'
import { addTopics } from './commands/topics.ts'
import { addVerify } from './commands/verify.ts'
import { examples, type Program } from './program.ts'
import { errStyle, outStyle, print, printJson, type Surroundings } from './surroundings.ts'
import { errorJson, errorLines } from './terminal/error-text.ts'

const DONE = 0
const FAILED = 1
const USAGE = 2
const INTERRUPTED = 130

const EXAMPLES: readonly (readonly [command: string, what: string])[] = [
  ['millrace plan fraud.ts', 'see what a definition means, before anything runs'],
  ['millrace run fraud.ts --log ./data', 'run it on the embedded log in ./data'],
  ['millrace topics tail scores --log ./data', 'watch what it writes'],
  ['millrace explain 4711 --log ./data', 'see what a prediction was made of'],
]

/** Runs the command line. @returns the exit code. */
export async function runCli(args: readonly string[], around: Surroundings): Promise<number> {
  const program: Program = { root: new Command('millrace'), around, outcome: { ok: true } }
  declare(program)
  try {
    await program.root.parseAsync([...args], { from: 'user' })
    if (around.signal.aborted) return INTERRUPTED
    return program.outcome.ok ? DONE : FAILED
  } catch (error) {
    if (error instanceof CommanderError) return usage(error, args, around)
    if (around.signal.aborted && isAbort(error)) return INTERRUPTED
    if (args.includes('--json')) printJson(around.out, errorJson(error))
    else print(around.err, ['', ...errorLines(error, errStyle(around))])
    return error instanceof MillraceError && error.code === 'ML_USAGE' ? USAGE : FAILED
  }
}

/** Commander has told a person already. */
function usage(error: CommanderError, args: readonly string[], around: Surroundings): number {
  if (error.exitCode === 0) return DONE
  const message = error.message.replace(/^error: /, '')
  if (args.includes('--json'))
    printJson(around.out, errorJson(new DefinitionError(message, { code: 'ML_USAGE' })))
  return USAGE
}

/** Declares all commands. */
export function declare(program: Program): void {
  const { root, around } = program
  const { bold, accent } = outStyle(around)
  root
    .description('Streaming machine learning: one typed file, run exactly once.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .configureOutput({
      writeOut: (text) => around.out.write(text),
      writeErr: (text) => around.err.write(text),
      getOutHelpWidth: () => Math.min(outStyle(around).width, 100),
      getErrHelpWidth: () => Math.min(errStyle(around).width, 100),
    })
    .configureHelp({
      styleTitle: bold,
      styleCommandText: accent,
      subcommandTerm: (command) =>
        `${command.name()} ${command.usage().replace('[options]', '').trim()}`.trim(),
      showGlobalOptions: false,
    })
    .showHelpAfterError('(--help shows how it is used, with examples)')
    .exitOverride()
    .addHelpText('after', examples(EXAMPLES, around))
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 called wrongly, 130 interrupted.')
  for (const add of COMMANDS) add(program)
}

const COMMANDS: readonly ((program: Program) => void)[] = [
  addRun,
  addPlan,
  addStatus,
  addTopics,
  addImport,
  addExport,
  addDeadLetters,
  addExplain,
  addReplay,
  addRescale,
  addResume,
  addDataset,
  addExportModel,
  addEvaluate,
  addBackup,
  addVerify,
  addRestore,
  addCompletion,
]

function version(): string {
  return JSON.parse(readFileSync(OWN_PACKAGE, 'utf8')).version
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
