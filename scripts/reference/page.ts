// docs/reference.md: every public name with its docstring, its example, which the tests run, and its declaration.
import { ENTRIES, type PublicName } from './public-names.ts'

const HEAD = `# Reference

Every name that \`millrace\`, \`millrace/learning\` and \`millrace/testing\` export, from their docstrings: \`npm run reference\` writes this page. What they are for, and how they go together, is in
[getting started](getting-started.md). In the examples, \`payments\`, \`chargebacks\`, \`card\` and \`fraud\` are those of [examples/payments/payments.ts](../examples/payments/payments.ts).

<!-- doc: copy examples/payments/payments.ts payments.ts -->
`

/** What examples may use without saying where it is from. */
const PARTS = ['payments', 'chargebacks', 'card', 'fraud']

export function referencePage(names: readonly PublicName[]): string {
  const anchors = anchorsOf(names)
  const linkTo = (name: PublicName): string => `[\`${name.name}\`](#${anchors.get(name)})`
  const pages = ENTRIES.map(({ entry }) => {
    const own = inOrder(names).filter((name) => name.entry === entry)
    return [
      `## \`${entry}\``,
      `**Values**: ${own
        .filter((name) => !isType(name))
        .map(linkTo)
        .join(' · ')}`,
      `**Types**: ${own.filter(isType).map(linkTo).join(' · ')}`,
      ...own.map((name) => entryOf(name, names)),
    ].join('\n\n')
  })
  return `${[HEAD.trimEnd(), ...pages].join('\n\n')}\n`
}

function isType({ kind }: PublicName): boolean {
  return kind === 'interface' || kind === 'type'
}

/** Headings that differ in case only get a number where the page is shown, in their order. */
function anchorsOf(names: readonly PublicName[]): ReadonlyMap<PublicName, string> {
  const seen = new Map<string, number>()
  const anchors = new Map<PublicName, string>()
  for (const name of inOrder(names)) {
    const plain = name.name.toLowerCase()
    const before = seen.get(plain) ?? 0
    anchors.set(name, before === 0 ? plain : `${plain}-${before}`)
    seen.set(plain, before + 1)
  }
  return anchors
}

/** Entry by entry, values before types. */
function inOrder(names: readonly PublicName[]): readonly PublicName[] {
  return ENTRIES.flatMap(({ entry }) => {
    const own = names.filter((name) => name.entry === entry)
    return [...own.filter((name) => !isType(name)), ...own.filter(isType)]
  })
}

function entryOf(
  { name, text, tags, declaration, entry }: PublicName,
  all: readonly PublicName[],
): string {
  const told = (tag: string): string[] =>
    tags.flatMap((each) => (each.name === tag ? [each.text.trim()] : []))
  const rows = [
    ...told('param').map((param) => param.replace(/^(\S+)\s+(?:- )?/, '- `$1`: ')),
    ...told('returns').map((returned) => `- Gives ${returned}`),
    ...told('throws').map((thrown) => `- Throws ${thrown}`),
  ]
  const parts = [
    `### \`${name}\``,
    text,
    rows.join('\n'),
    ...told('example').map((example) => exampleBlock(example, entry, all)),
    `<!-- doc: skip a declaration -->\n\`\`\`ts\n${declaration}\n\`\`\``,
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

/** An example with what it needs in front, which only the tests see. */
function exampleBlock(example: string, entry: string, all: readonly PublicName[]): string {
  const code = example.replace(/^```ts\n|\n```$/g, '')
  const uses = (name: string): boolean => new RegExp(`(?<![.\\w'])${name}\\b(?!:)`).test(code)
  const makes = (name: string): boolean =>
    new RegExp(`\\b(?:const|import) \\{?.*\\b${name}\\b.* (?:=|from)`).test(code)
  const needs = (names: readonly string[]): string[] =>
    names.filter((name) => uses(name) && !makes(name))
  const from = (names: readonly string[], module: string): string[] => {
    const needed = needs(names)
    return needed.length === 0 ? [] : [`import { ${needed.join(', ')} } from '${module}'`]
  }
  const exported = (module: string): string[] =>
    all.flatMap((each) => (each.entry === module && !isType(each) ? [each.name] : []))
  const imports = [
    ...from(exported('millrace'), 'millrace'),
    ...from(exported('millrace/learning'), 'millrace/learning'),
    ...(entry === 'millrace/testing' ? from(exported(entry), entry) : []),
    ...from(['z'], 'zod'),
    ...from(['expect', 'it'], 'vitest'),
    ...from(PARTS, './payments.ts'),
    ...(needs(['scoring']).length === 0 ? [] : ["import scoring from './payments.ts'"]),
  ]
  const before = imports.length === 0 ? '' : `<!-- doc: before\n${imports.join('\n')}\n-->\n`
  return `${before}\`\`\`ts\n${code}\n\`\`\``
}
