// The modules of src/ as a package has them. What several entries need lies in a few parts that they share, not in a file for each of some four hundred
// modules: finding, reading and linking so many takes a process as long as all else that it does until its first event, and a run starts three.
// What is used of the client for Kafka is among them: its own files are as many again.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { rolldown, type OutputChunk } from 'rolldown'
import { root } from '../test/tools.ts'
import { entries } from './entries.ts'

/** The client for Kafka, and what it has schemas of. */
const CLIENT = /\/node_modules\/(?:@platformatic\/kafka|ajv)\//

/** A file of the package, by its path there. */
export type Part = Pick<OutputChunk, 'fileName' | 'code' | 'map' | 'moduleIds'>

/** @param more modules that are entries, too: absolute paths, by their names below the folder, without extension. */
export async function bundle(
  more: Readonly<Record<string, string>> = {},
): Promise<readonly Part[]> {
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
  const { output } = await made.generate({
    format: 'es',
    entryFileNames: '[name].js',
    // As deep as base/: OWN_FOLDER is the folder above either.
    chunkFileNames: 'parts/[name].js',
    // Whoever reads a trace finds the names of the sources there.
    minify: false,
    // For whoever profiles the package; no part of it.
    sourcemap: 'hidden',
  })
  await made.close()
  return output.filter((each) => each.type === 'chunk')
}

export function writeParts(parts: readonly Part[], folder: string): void {
  for (const { fileName, code } of parts) {
    const path = join(folder, fileName)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, code)
  }
}
