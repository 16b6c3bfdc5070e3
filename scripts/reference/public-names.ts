// What a user can import, with what its docstrings say: read from the declarations that are published, by TypeScript's own API.
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isClassDeclaration, isInterfaceDeclaration } from 'typescript/unstable/ast/is'
import type { Node } from 'typescript/unstable/ast'
import { API, SymbolFlags, type Project } from 'typescript/unstable/sync'
import { root, spawned, tool } from '../test/tools.ts'

/** The entry points of the package, and the declarations behind each. */
export const ENTRIES = [
  { entry: 'millrace', file: 'index.d.ts' },
  { entry: 'millrace/learning', file: 'learning/index.d.ts' },
  { entry: 'millrace/testing', file: 'testing/index.d.ts' },
] as const

export interface PublicName {
  readonly entry: string
  readonly name: string
  readonly kind: 'function' | 'class' | 'interface' | 'type' | 'const'
  /** The docstring without its tags. */
  readonly text: string
  readonly tags: readonly DocTag[]
  /** Its declaration as a user reads it: without what is Millrace's own. */
  readonly declaration: string
  /** Members of an interface or a class that have no docstring. */
  readonly silent: readonly string[]
}

export interface DocTag {
  readonly name: string
  readonly text: string
}

/** All public names in the order of their entry points, then by name. */
export async function readPublicNames(): Promise<readonly PublicName[]> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'millrace-names-'))
  try {
    const options = ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', folder]
    const { code, output } = await spawned(tool('tsc'), options)
    if (code !== 0) throw new Error(`declarations must build; tsc says:\n${output}`)
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const compilerOptions = { module: 'nodenext', strict: true, noEmit: true, types: ['node'] }
    const config = { compilerOptions, files: ENTRIES.map(({ file }) => file) }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    return readFolder(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readFolder(folder: string): PublicName[] {
  const api = new API({ cwd: root })
  try {
    const config = join(folder, 'tsconfig.json')
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)
    if (project === undefined) throw new Error('the declarations must be a project')
    return ENTRIES.flatMap(({ entry, file }) =>
      namesOf(project, entry, join(folder, file)).sort((a, b) => (a.name < b.name ? -1 : 1)),
    )
  } finally {
    api.close()
  }
}

function namesOf(project: Project, entry: string, path: string): PublicName[] {
  const { checker, program } = project
  const file = program.getSourceFile(path)
  const module = file === undefined ? undefined : checker.getSymbolAtLocation(file)
  if (module === undefined) throw new Error(`an entry point must be a module; found none: ${entry}`)
  return checker.getExportsOfModule(module).map((exported) => {
    const symbol = checker.getAliasedSymbol(exported)
    const nodes = symbol.declarations.flatMap((handle) => handle.resolve(project) ?? [])
    const tags = symbol.getJsDocTags(checker)
    const silent = silentOf(membersOf(nodes[0]))
    return {
      entry,
      name: exported.name,
      kind: kindOf(symbol.flags, nodes[0]),
      text: symbol.getDocumentationComment(checker),
      tags: tags.map(({ name, text }) => ({ name, text: text ?? '' })),
      declaration: nodes.map(declarationOf).join('\n'),
      silent,
    }
  })
}

function kindOf(flags: SymbolFlags, node: Node): PublicName['kind'] {
  if ((flags & SymbolFlags.Function) !== 0) return 'function'
  if (isClassDeclaration(node)) return 'class'
  if (isInterfaceDeclaration(node)) return 'interface'
  return (flags & SymbolFlags.TypeAlias) === 0 ? 'const' : 'type'
}

/** Members a user may use: names with `~` are Millrace's own. */
function membersOf(node: Node): readonly Node[] {
  if (!isInterfaceDeclaration(node) && !isClassDeclaration(node)) return []
  const members: readonly Node[] = [...node.members]
  return members.filter((member) => !/^(?:readonly )?'~|^#|^private /.test(member.getText()))
}

/** Of members of one name the first speaks for all; what constructs is told by the class. */
function silentOf(members: readonly Node[]): string[] {
  const told = new Map<string, boolean>()
  for (const member of members) {
    const name = /^(?:readonly )?(\w+)/.exec(member.getText())?.[1] ?? member.getText()
    told.set(name, told.get(name) === true || /^\s*\/\*\*/.test(member.getFullText()))
  }
  told.delete('constructor')
  return [...told].flatMap(([name, spoken]) => (spoken ? [] : [name]))
}

function declarationOf(node: Node): string {
  const text = node.getText().replace(/^export (?:declare )?/, '')
  if (!isInterfaceDeclaration(node) && !isClassDeclaration(node)) return text
  const head = node.getSourceFile().text.slice(node.getStart(), node.members.pos)
  const members = membersOf(node).map((member) => `    ${member.getFullText().trim()}`)
  const open = head.replace(/^export (?:declare )?/, '').trimEnd()
  return members.length === 0 ? `${open} }` : [open, ...members, '}'].join('\n')
}
