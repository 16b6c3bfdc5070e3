// The tools of the repository, run by this very Node: never by what a PATH happens to hold.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** The script behind the command of an installed package. */
export function tool(name: string): string {
  const folder = join(root, 'node_modules', name === 'tsc' ? 'typescript' : name)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[name])
}

/** Runs a script to its end; `output` is empty where it went to the terminal. */
export function spawned(
  script: string,
  args: readonly string[],
  output: 'inherit' | 'kept' = 'kept',
): Promise<{ readonly code: number; readonly output: string }> {
  const stdio = output === 'inherit' ? 'inherit' : 'pipe'
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ['ignore', stdio, stdio],
  })
  let text = ''
  child.stdout?.on('data', (bytes: Buffer) => (text += bytes.toString()))
  child.stderr?.on('data', (bytes: Buffer) => (text += bytes.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? 1, output: text }))
  })
}
