// Where the repository is, and the package that a bench runs as its users do.
import { join } from 'node:path'

export const ROOT: string = join(import.meta.dirname, '../..')

/** Begins a command of the package as it is published. */
export function builtCommand(): readonly string[] {
  return [process.execPath, join(ROOT, 'dist/cli/main.js')]
}
