// The modules of src/ as a package has them. What several entries need lies in a few parts that they share, not in a file for each of some four hundred
// modules: finding, reading and linking so many takes a process as long as all else that it does until its first event, and a run starts three.
// What is used of the client for Kafka is among them: its own files are as many again.
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { rolldown, type RolldownOutput } from 'rolldown'
import { root } from '../test/tools.ts'
import { entries } from './entries.ts'

/** The client for Kafka, and what it has schemas of. */
const CLIENT = /\/node_modules\/(?:@platformatic\/kafka|ajv)\//

export interface BundleOptions {
  /** Modules that are entries, too: absolute paths, by their names below the folder, without extension. Default: none. */
  readonly more?: Readonly<Record<string, string>>
  /** Where it is written to. Default: nowhere. */
  readonly to?: string
}

export async function bundle({ more = {}, to }: BundleOptions): Promise<RolldownOutput> {
  const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  /** Packages that are installed beside it. */
  const installed = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })
  const sources = join(root, 'src')
  const own = entries(sources).map((path) => [path, join(sources, `${path}.ts`)])
  const made = await rolldown({
    input: { ...Object.fromEntries(own), ...more },
    platform: 'node',
    external: (id) =>
      isBuiltin(id) || installed.some((name) => id === name || id.startsWith(`${name}/`)),
    // Its options have schemas, which are compiled when a file of it is loaded and by nothing else: nobody asks for them here.
    treeshake: {
      moduleSideEffects: (id) => !CLIENT.test(id),
      manualPureFunctions: ['ajv', 'Ajv2020'],
    },
  })
  const output = {
    format: 'es',
    entryFileNames: '[name].js',
    // As deep as base/: OWN_FOLDER is the folder above either.
    chunkFileNames: 'parts/[name].js',
    // Whoever reads a trace finds the names of the sources there.
    minify: false,
  } as const
  const result =
    to === undefined ? await made.generate(output) : await made.write({ ...output, dir: to })
  await made.close()
  return result
}
