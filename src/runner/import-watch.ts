// Sees which module imports which, while a definition is loaded. A module is loaded once in a process, so what was seen is kept.
import { registerHooks } from 'node:module'

/** What stands behind a module's URL when it is loaded once more, because it had been loaded before anyone watched. */
const AGAIN = '?definition'

const loaded = new Set<string>()
const imports = new Map<string, Set<string>>()

/** Whether a module belongs to the definition: whatever it imports then belongs to it, too. */
export type IsLocal = (url: string) => boolean

export interface ImportRules {
  readonly isLocal: IsLocal
  /** The module that a specifier stands for, whatever is installed; undefined where Node decides. */
  readonly instead: (specifier: string) => string | undefined
}

export interface WatchedModule {
  readonly module: unknown
  readonly graph: ImportGraph
}

/**
 * Imports a module, and tells what it and its local modules import. All that it needs has been seen: what was loaded before is loaded
 * again for the definition, as modules of their own.
 */
export async function watchedImport(
  url: string,
  { isLocal, instead }: ImportRules,
): Promise<WatchedModule> {
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      const given = instead(specifier)
      const found =
        given === undefined ? next(specifier, context) : { url: given, shortCircuit: true }
      const { parentURL } = context
      const again = parentURL?.endsWith(AGAIN) === true && isLocal(found.url)
      const own = again ? { ...found, url: found.url + AGAIN } : found
      if (parentURL !== undefined) importsOf(parentURL).add(own.url)
      return own
    },
    load: (own, context, next) => {
      loaded.add(own)
      return next(own, context)
    },
  })
  try {
    const module: unknown = await import(url)
    const graph = new ImportGraph(url, isLocal)
    if (graph.whole) return { module, graph }
    const again: unknown = await import(url + AGAIN)
    return { module: again, graph: new ImportGraph(url + AGAIN, isLocal) }
  } finally {
    hooks.deregister()
  }
}

function importsOf(url: string): Set<string> {
  let own = imports.get(url)
  if (own === undefined) {
    own = new Set()
    imports.set(url, own)
  }
  return own
}

/** The local modules that a module stands for, and what else they import. */
export class ImportGraph {
  /** The module's own URL. */
  readonly root: string
  readonly local: ReadonlySet<string>
  readonly others: ReadonlySet<string>
  /** Whether all local modules were seen being loaded. */
  readonly whole: boolean

  constructor(root: string, isLocal: IsLocal) {
    const local = new Set<string>()
    const others = new Set<string>()
    const left = [root]
    let whole = true
    for (let url = left.pop(); url !== undefined; url = left.pop()) {
      const plain = plainUrl(url)
      if (!isLocal(plain)) {
        others.add(plain)
        continue
      }
      if (local.has(plain)) continue
      local.add(plain)
      whole &&= loaded.has(url)
      left.push(...(imports.get(url) ?? []))
    }
    this.root = plainUrl(root)
    this.local = local
    this.others = others
    this.whole = whole
  }
}

/** The URL of the file. */
export function plainUrl(url: string): string {
  return url.replace(/[?#].*$/, '')
}
