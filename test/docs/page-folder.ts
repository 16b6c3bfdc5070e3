// A folder as a reader of the documents has it: packages installed, `millrace` a command, the examples of the repository beside it.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Child, type Ended } from './child.ts'

export const ROOT = join(import.meta.dirname, '../..')

const BASH = ['-e', '-o', 'pipefail', '-c']

export interface PageFolder {
  readonly path: string
  write(name: string, text: string): void
  /** Runs a script of the shell here, with `millrace` and `npx` within reach. */
  shell(script: string): Promise<Ended>
  /** Starts a script that runs until the page is over, and is back when it has said this. */
  background(script: string, until: string): Promise<Ended>
  /** Runs a module here: under Vitest when it is a test of Vitest's. */
  module(name: string, text: string): Promise<Ended>
  /** What the compiler says about every .ts file here, strictly; empty when nothing. */
  compile(): Promise<string>
  /** Stops what runs in the background, as Ctrl-C does. */
  stop(): Promise<readonly Ended[]>
  remove(): void
}

export function pageFolder(): PageFolder {
  // One level down, so that what a page does in a folder beside its own is removed with it.
  const whole = mkdtempSync(join(realpathSync(tmpdir()), 'millrace-docs-'))
  const path = join(whole, 'page')
  mkdirSync(path)
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  symlinkSync(join(ROOT, 'examples'), join(path, 'examples'))
  install(path, write)
  const bash = (script: string): Child => new Child(path, 'bash', [...BASH, script])
  const run = (...args: readonly string[]): Promise<Ended> =>
    new Child(path, process.execPath, args).ended
  const behind: Child[] = []
  return {
    path,
    write,
    shell: (script) => bash(script).ended,
    background: (script, until) => {
      const child = bash(script)
      behind.push(child)
      return child.said(until)
    },
    module: (name, text) =>
      /from 'vitest'/.test(text)
        ? run(join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', name)
        : run(name),
    compile: async () => {
      const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
      return (await run(compiler, '-p', '.', '--pretty', 'false')).text
    },
    stop: () => Promise.all(behind.splice(0).map((child) => child.interrupt())),
    remove: () => rmSync(whole, { recursive: true, force: true }),
  }
}

/** Packages by links; Millrace as modules that hand on its sources, since nothing is built here. */
function install(path: string, write: (name: string, text: string) => void): void {
  const packages = join(ROOT, 'node_modules')
  mkdirSync(join(path, 'node_modules'))
  for (const name of readdirSync(packages))
    if (!name.startsWith('.')) symlinkSync(join(packages, name), join(path, 'node_modules', name))
  const entries = { '.': './index.js', './testing': './testing.js' }
  const own = { name: 'millrace', type: 'module', exports: entries }
  write('node_modules/millrace/package.json', JSON.stringify(own))
  const source = (name: string): string => JSON.stringify(join(ROOT, 'src', name))
  write('node_modules/millrace/index.js', `export * from ${source('index.ts')}\n`)
  write('node_modules/millrace/testing.js', `export * from ${source('testing/index.ts')}\n`)
  const program = (name: string, start: string): void => {
    write(`.bin/${name}`, `#!/bin/sh\nexec ${start} "$@"\n`)
    chmodSync(join(path, '.bin', name), 0o755)
  }
  program('node', `'${process.execPath}'`)
  program('millrace', `'${process.execPath}' '${join(ROOT, 'src/cli/main.ts')}'`)
  write('package.json', JSON.stringify({ name: 'page', private: true, type: 'module' }))
  const config = {
    extends: join(ROOT, 'tsconfig.json'),
    include: ['*.ts'],
    exclude: ['node_modules', 'examples'],
  }
  write('tsconfig.json', JSON.stringify(config))
}
