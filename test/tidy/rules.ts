// The rules of the tree that neither the compiler nor the linter knows. Each gives the breaches it found,
// as sentences that say where and what to do; pure, so that the rules themselves are tested on bad samples.
import { posix } from 'node:path'
import { codeOf, importsOf, linesMatching, type Source } from './source.ts'
import {
  deterministicFolders,
  exceptions,
  packages,
  pureBuiltins,
  pureFolders,
  walls,
} from './walls.ts'

export type Rule = (source: Source) => string[]

/** The folder below src/: '' for the entry point itself, undefined outside. */
function folderOf(path: string): string | undefined {
  const parts = path.split('/')
  if (parts[0] !== 'src') return undefined
  return parts.length === 2 ? '' : parts[1]
}

export const walledImports: Rule = ({ path, text }) => {
  const folder = folderOf(path)
  if (folder === undefined) return []
  const allowed = walls[folder]
  if (allowed === undefined) return [`${path}: src/${folder}/ has no row in test/tidy/walls.ts`]
  return importsOf(text).flatMap((name) => {
    const file = /\/node_modules\/(.+)$/.exec(name)
    if (file !== null) return packageBreach(path, folder, file[1])
    const isNamed = Object.hasOwn(walls, name.split('/', 1)[0])
    if (!name.startsWith('.') && !isNamed) return packageBreach(path, folder, name)
    const to = folderOf(isNamed ? `src/${name}` : posix.join(posix.dirname(path), name))
    if (to === undefined) return [`${path}: imports ${name}, which is outside of src/`]
    if (to === folder || allowed.includes(to)) return []
    return [`${path}: src/${folder}/ must not import src/${to}/ (${name})`]
  })
}

function packageBreach(path: string, folder: string, name: string): string[] {
  if (name.startsWith('node:')) {
    if (!pureFolders.includes(folder) || pureBuiltins.includes(name)) return []
    return [`${path}: src/${folder}/ does no I/O and must not import ${name}`]
  }
  const root = name.startsWith('@') ? name.split('/', 2).join('/') : name.split('/', 1)[0]
  const where = packages[root] ?? []
  if (where.some((each) => path.startsWith(`src/${each}/`))) return []
  return [`${path}: ${root} may be imported only in ${where.join(', ') || 'no folder of src/'}`]
}

export const namedExportsOnly: Rule = ({ path, text }) => {
  if (!path.startsWith('src/')) return []
  return linesMatching(codeOf(text), /^\s*export default\b|^\s*export \*/).map(
    (line) => `${path}:${line}: exports are named one by one, no default and no \`export *\``,
  )
}

const ENTRY_POINTS = ['src/index.ts', 'src/learning/index.ts', 'src/testing/index.ts']

export const noIndexFiles: Rule = ({ path }) => {
  if (!/(^|\/)index\.[cm]?tsx?$/.test(path) || ENTRY_POINTS.includes(path)) return []
  return [
    `${path}: index.ts is for entry points (${ENTRY_POINTS.join(', ')}); name it for its export`,
  ]
}

const IMPURE =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bMath\.random\b|\b(set|clear)(Timeout|Interval|Immediate)\b|\bperformance\.(now|timeOrigin)\b|\brandom(UUID|Bytes|Int|FillSync)\b|\bgetRandomValues\b|\bprocess\.hrtime\b/

export const deterministic: Rule = ({ path, text }) => {
  const folder = folderOf(path)
  if (folder === undefined || !deterministicFolders.includes(folder)) return []
  if (exceptions[path] !== undefined) return []
  return linesMatching(codeOf(text), IMPURE).map(
    (line) => `${path}:${line}: time and chance come through the contracts, or a replay differs`,
  )
}

export const opensWithPurpose: Rule = ({ path, text }) => {
  if (!/^(src|scripts|bench|examples)\/.*\.m?ts$/.test(path) || /\/gen\//.test(path)) return []
  const lines = text.split('\n')
  const opening = text.startsWith('#!') ? lines.slice(1) : lines
  // A picture of a format may follow behind an empty line.
  const length = opening.findIndex((line) => !line.startsWith('// '))
  if (length >= 1 && length <= 6) return []
  if (length === 0 && /^\/\*\*(.|\n)*?\*\//.test(opening.join('\n'))) return []
  return [`${path}: opens with 1 to 6 lines of comment: what it is for, what it must never do`]
}

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|test-d|config|d))?\.m?ts$/

export const kebabCase: Rule = ({ path }) => {
  if (!/\.m?ts$/.test(path) || /\/gen\//.test(path) || kebab.test(posix.basename(path))) return []
  return [`${path}: files are named in kebab-case for their main export`]
}

// With classes of one letter, or this file would be its own breach.
const UNFINISHED = /\b(TO[D]O|FIX[M]E|X[X]X|W[I]P)\b/

export const finished: Rule = ({ path, text }) =>
  linesMatching(text, UNFINISHED).map(
    (line) => `${path}:${line}: unfinished; finish it or leave it out`,
  )

const PLACES = /registr[y]\.[a-z]+|\/wor[k]\/(main|shared|\.)|\bfar[m]-[a-z]/

export const noPlaceNames: Rule = ({ path, text }) =>
  linesMatching(text, PLACES).map(
    (line) => `${path}:${line}: names a machine or host of one workplace`,
  )

export const rules: Readonly<Record<string, Rule>> = {
  'imports respect the walls between folders': walledImports,
  'exports are named, one by one': namedExportsOnly,
  'index.ts is only an entry point': noIndexFiles,
  'what runs from the log reads no clock and no chance': deterministic,
  'every file says first what it is for': opensWithPurpose,
  'files are named in kebab-case': kebabCase,
  'nothing is marked unfinished': finished,
  'no machine or host of one workplace is named': noPlaceNames,
}
