// A folder as a reader of the documents has it: packages installed, `millrace` a command, the examples of the repository beside it.
import {
  chmodSync,
  cpSync,
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
import { builtPackage } from '../built/built.ts'
import { Child, type Ended } from './child.ts'

export const ROOT = join(import.meta.dirname, '../..')

const PACKAGE = JSON.stringify({ name: 'page', private: true, type: 'module' })
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
  /** Stops what runs in the background, as Ctrl-C does. */
  stop(): Promise<readonly Ended[]>
  remove(): void
}

/** A package as a user installed it, and the Node that runs it. */
export interface Installed {
  /** The executable. */
  readonly node: string
  /** The folder `node_modules`, with Millrace in it. */
  readonly packages: string
}

/** @param installed what the page runs with; Millrace as it is built for tests and this Node where it is undefined. */
export function pageFolder(installed?: Installed): PageFolder {
  // One level down, so that what a page does in a folder beside its own is removed with it.
  const whole = mkdtempSync(join(realpathSync(tmpdir()), 'millrace-docs-'))
  const path = join(whole, 'page')
  mkdirSync(path)
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  const node = installed?.node ?? process.execPath
  if (installed === undefined) linkBuilt(path, write)
  else linkInstalled(path, installed)
  writePrograms(
    path,
    node,
    join(
      installed === undefined ? builtPackage() : join(installed.packages, 'millrace'),
      'dist/cli/main.js',
    ),
  )
  const bash = (script: string): Child => new Child(path, 'bash', [...BASH, script])
  const run = (...args: readonly string[]): Promise<Ended> => new Child(path, node, args).ended
  const behind: Child[] = []
  return {
    path,
    write,
    shell: (script) => bash(strict(script)).ended,
    background: (script, until) => {
      const child = bash(strict(script))
      behind.push(child)
      return child.said(until)
    },
    module: (name, text) =>
      /from 'vitest'/.test(text)
        ? run(join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', name)
        : run(name),
    stop: () => Promise.all(behind.splice(0).map((child) => child.interrupt())),
    remove: () => rmSync(whole, { recursive: true, force: true }),
  }
}

/** Each command of a list must succeed: `a && b` alone would let a failing `a` pass. */
export function strict(script: string): string {
  return script.includes('||') ? script : script.replaceAll(' && ', '\n')
}

/** Packages by links, Millrace as it is built for tests. */
function linkBuilt(path: string, write: (name: string, text: string) => void): void {
  symlinkSync(join(ROOT, 'examples'), join(path, 'examples'))
  const packages = join(ROOT, 'node_modules')
  mkdirSync(join(path, 'node_modules'))
  for (const name of readdirSync(packages))
    if (!name.startsWith('.')) symlinkSync(join(packages, name), join(path, 'node_modules', name))
  symlinkSync(builtPackage(), join(path, 'node_modules/millrace'))
  write('package.json', PACKAGE)
}

/** The packages of a user, and the example with its events: it must find them there, not in this repository. */
function linkInstalled(path: string, { packages }: Installed): void {
  symlinkSync(packages, join(path, 'node_modules'))
  cpSync(join(ROOT, 'examples/payments'), join(path, 'examples/payments'), { recursive: true })
  writeFileSync(join(path, 'package.json'), PACKAGE)
}

function writePrograms(path: string, node: string, main: string): void {
  const starts = { node: `'${node}'`, millrace: `'${node}' '${main}'` }
  mkdirSync(join(path, '.bin'))
  for (const [name, start] of Object.entries(starts)) {
    writeFileSync(join(path, '.bin', name), `#!/bin/sh\nexec ${start} "$@"\n`)
    chmodSync(join(path, '.bin', name), 0o755)
  }
}
