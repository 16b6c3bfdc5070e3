// What is in the package: what its exports name, documents, and no source, test or script that runs when it is installed.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const ALLOWED =
  /^(?:dist\/(?!.*\.test\.)[\w/.-]+\.(?:js|d\.ts)|dist\/third-party-licences\.txt|docs\/[\w-]+\.md|README\.md|CHANGELOG\.md|SECURITY\.md|LICENSE|package\.json)$/
const NEEDED = [
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'LICENSE',
  'dist/third-party-licences.txt',
  'docs/errors.md',
  'docs/reference.md',
]
const ON_INSTALL = ['preinstall', 'install', 'postinstall', 'prepare']
/** Bytes of the packed file; far above what it has, so that a data file that slips in is seen. */
const MOST_BYTES = 1_500_000

interface Manifest {
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly scripts?: Readonly<Record<string, string>>
}

export interface Tarball {
  readonly files: number
  readonly bytes: number
  readonly faults: readonly string[]
}

/** @param clone where it was packed. @param installed its folder in `node_modules`. */
export function readTarball(clone: string, installed: string): Tarball {
  const names = readdirSync(installed, { recursive: true, encoding: 'utf8' })
  const files = names.filter((name) => statSync(join(installed, name)).isFile())
  const manifest: Manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  const packed = readdirSync(clone).find((name) => /^millrace-.*\.tgz$/.test(name))
  const bytes = packed === undefined ? Infinity : statSync(join(clone, packed)).size
  const missing = (path: string): string[] =>
    existsSync(join(installed, path)) ? [] : [`${path} is not there`]
  const faults = [
    ...files.filter((name) => !ALLOWED.test(name)).map((name) => `${name} does not belong there`),
    ...[...NEEDED, ...Object.values(manifest.bin)].flatMap(missing),
    ...Object.entries(manifest.exports).flatMap(([entry, targets]) => [
      ...(Object.keys(targets)[0] === 'types' ? [] : [`the types of ${entry} must come first`]),
      ...Object.values(targets).flatMap(missing),
    ]),
    ...ON_INSTALL.filter((name) => manifest.scripts?.[name] !== undefined).map(
      (name) => `a script '${name}' would run at a user's`,
    ),
    ...(bytes > MOST_BYTES ? [`it has ${bytes} bytes; at most ${MOST_BYTES}`] : []),
  ]
  return { files: files.length, bytes, faults }
}
