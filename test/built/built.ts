// What tests start in processes of their own: what give-built.ts made of the sources, or the sources themselves where no tests run.
import { join } from 'node:path'

const { MILLRACE_TEST_BUILT: folder } = process.env
const root = join(import.meta.dirname, '../..')

/** The package as a user has it, without declarations. */
export function builtPackage(): string {
  if (folder === undefined) throw new Error('it is built for tests: run them by npm test')
  return folder
}

/** The command line. */
export const MAIN: string =
  folder === undefined ? join(root, 'src/cli/main.ts') : join(folder, 'dist/cli/main.js')

/** What test/e2e/run-child.ts does. */
export const RUN_CHILD: string =
  folder === undefined
    ? join(root, 'test/e2e/run-child.ts')
    : join(folder, 'dist/test/run-child.js')
