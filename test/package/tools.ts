// The Nodes and compilers that the package is for, installed by name in a folder of their own.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Child } from '../docs/child.ts'

export interface Tools {
  /** Executables. */
  readonly nodes: Readonly<Record<string, string>>
  /** Scripts. */
  readonly compilers: Readonly<Record<string, string>>
}

/** The oldest Node that package.json allows, and the newest of the lines that are kept. */
const NODES = { node22: '22.22', node24: '24', node26: '26' }
const COMPILERS = { typescript5: '5.9', typescript7: '7' }

export async function installTools(folder: string): Promise<Tools> {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }))
  const node = `node-${process.platform}-${process.arch}`
  const wanted = [
    ...Object.entries(NODES).map(([name, version]) => `${name}@npm:${node}@${version}`),
    ...Object.entries(COMPILERS).map(([name, version]) => `${name}@npm:typescript@${version}`),
  ]
  const quiet = ['--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error']
  const { code, text } = await new Child(folder, 'npm', ['install', ...quiet, ...wanted]).ended
  if (code !== 0) throw new Error(`the tools must install; npm says:\n${text}`)
  const packages = join(folder, 'node_modules')
  const of = (names: object, path: (name: string) => string): Record<string, string> =>
    Object.fromEntries(Object.keys(names).map((name) => [name, join(packages, path(name))]))
  return {
    nodes: of(NODES, (name) => `${name}/bin/${nodeIn(join(packages, name, 'bin'))}`),
    compilers: of(COMPILERS, (name) => `${name}/bin/tsc`),
  }
}

function nodeIn(folder: string): string {
  return readdirSync(folder).find((name) => name === 'node' || name === 'node.exe') ?? 'node'
}

export const MODULES = ['nodenext', 'bundler'] as const

/** The settings of a strict user; libraries are checked, so that what is published is right in itself. */
export function compilerArgs(module: (typeof MODULES)[number]): object {
  return {
    compilerOptions: {
      strict: true,
      target: 'es2022',
      module: module === 'bundler' ? 'esnext' : 'nodenext',
      moduleResolution: module,
      allowImportingTsExtensions: true,
      noEmit: true,
      skipLibCheck: false,
      types: ['node'],
    },
    files: ['payments.ts', 'shop.test.ts'],
  }
}
