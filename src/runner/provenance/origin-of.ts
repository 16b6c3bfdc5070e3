// What a definition was made from: contents of its files, versions of the packages they import, and of what runs them.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { OWN_FOLDER, ownModule } from '../../base/own-modules.ts'
import type { Origin } from '../../contracts/origin.ts'
import type { ImportGraph } from '../import-watch.ts'

/** The folder with Millrace's own modules. */
const OWN = fileURLToPath(OWN_FOLDER)

/**
 * The module of this Millrace that a definition means by a public name: it gets the one that runs it, wherever it lies and whatever is
 * installed beside it, so that both are of one version.
 */
export function ownEntry(specifier: string): string | undefined {
  const part = /^millrace(?:\/(\w+))?$/.exec(specifier)
  if (part === null) return undefined
  const url = ownModule(part[1] === undefined ? 'index' : `${part[1]}/index`)
  return existsSync(url) ? url.href : undefined
}

/** Packages of the runtimes of models, by kind. */
const RUNTIMES: Readonly<Record<string, string>> = { onnx: 'onnxruntime-node' }

/** Whether a module is a file of the user: of no package, and not Millrace itself. */
export function isLocal(url: string): boolean {
  if (!url.startsWith('file:')) return false
  const path = fileURLToPath(url)
  return !path.startsWith(OWN) && !path.includes(`${sep}node_modules${sep}`)
}

/** @param kinds of the runtimes its models have. */
export function originOf(graph: ImportGraph, kinds: readonly string[]): Origin {
  const folder = dirname(fileURLToPath(graph.root))
  const files = new Map<string, string>()
  for (const url of graph.local) {
    const path = fileURLToPath(url)
    const name = relative(folder, path).replaceAll(sep, '/')
    files.set(name, createHash('sha256').update(readFileSync(path)).digest('hex'))
  }
  const packages = new Map<string, string>()
  for (const url of graph.others) {
    if (!url.startsWith('file:')) continue
    const path = fileURLToPath(url)
    if (path.startsWith(OWN)) continue
    const { name, version } = packageOf(dirname(path))
    packages.set(name, version)
  }
  const runtimes = kinds.flatMap((kind) => RUNTIMES[kind] ?? [])
  return {
    files: sorted(files),
    packages: sorted(packages),
    versions: sorted(
      new Map([
        ['millrace', packageOf(OWN).version],
        ['node', process.versions.node],
        ...runtimes.map((name) => [name, installedVersion(name)] as const),
      ]),
    ),
  }
}

function sorted(parts: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...parts].sort(([one], [other]) => (one < other ? -1 : 1)))
}

interface Package {
  readonly name: string
  readonly version: string
}

/** The package a folder is in: the nearest one that says its name and version. */
function packageOf(folder: string): Package {
  const file = join(folder, 'package.json')
  if (existsSync(file)) {
    const { name, version }: Partial<Package> = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof name === 'string' && typeof version === 'string') return { name, version }
  }
  const above = dirname(folder)
  return above === folder ? { name: '?', version: '?' } : packageOf(above)
}

/** The version of a package that Millrace may import. */
function installedVersion(name: string): string {
  try {
    return packageOf(dirname(createRequire(import.meta.url).resolve(name))).version
  } catch {
    // Whoever needs it says what to install.
    return 'not installed'
  }
}
