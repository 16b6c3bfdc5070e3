// Modules of src/ that are loaded by their own path: by users, by the command line, by what starts threads and processes.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const NAMED = [
  'index',
  'learning/index',
  'testing/index',
  'cli/main',
  'runner/worker',
  'log/server/log-thread',
  'base/own-modules',
]
/** Of these the command line loads the one that it was asked for. */
const COMMANDS = 'runner/commands'

/** @returns paths below src/, without extensions. */
export function entries(sources: string): readonly string[] {
  const commands = readdirSync(join(sources, COMMANDS)).map(
    (file) => `${COMMANDS}/${file.replace(/\.ts$/, '')}`,
  )
  return [...NAMED, ...commands]
}
