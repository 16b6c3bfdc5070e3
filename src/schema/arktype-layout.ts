// Walks an ArkType 2 type itself, without importing ArkType: everything it finds must be known, or the event falls back.
// The walk is over the nodes ArkType validates by, which hold its predicates and morphs.
import {
  ANY_NUMBER,
  ANY_TEXT,
  type LeafRules,
  type NativeLayout,
  type NativeLeaf,
  type NativeObject,
  type NumberRules,
} from './native-layout.ts'
import {
  bound,
  isPlainPattern,
  layoutOf,
  listOf,
  objectLayout,
  oneOf,
  property,
  ROOT,
  takesUtcTimes,
  under,
  unknown,
  type Where,
} from './schema-walk.ts'

/** The layout of an ArkType type, or why there is none. */
export function arktypeLayout(schema: unknown): NativeLayout {
  return layoutOf(() => objectOf(ROOT, nodeOf(ROOT, property(schema, 'internal'))))
}

/** A node: what it is and what it holds; notes for people are not among it. */
interface Node {
  readonly kind: string
  readonly inner: Readonly<Record<string, unknown>>
}

function nodeOf(where: Where, node: unknown): Node {
  const kind = property(node, 'kind')
  const inner = property(node, 'inner')
  if (typeof kind !== 'string' || typeof inner !== 'object' || inner === null)
    unknown(where, 'no type of ArkType 2')
  return { kind, inner: Object.assign(Object.create(null), inner) }
}

/** Ends the walk where a node holds more than is known. */
function allow(where: Where, { kind, inner }: Node, known: readonly string[]): void {
  for (const name of Object.keys(inner)) {
    if (!known.includes(name) && inner[name] !== undefined)
      unknown(where, `a type with '${name}' (${kind})`)
  }
}

function domainOf(where: Where, node: Node): unknown {
  if (node.kind === 'intersection')
    return node.inner.domain === undefined
      ? undefined
      : domainOf(where, nodeOf(where, node.inner.domain))
  if (node.kind !== 'domain') return undefined
  allow(where, node, ['domain', 'numberAllowsNaN'])
  return node.inner.domain
}

function objectOf(where: Where, node: Node): NativeObject {
  if (domainOf(where, node) !== 'object') unknown(where, `a type that is no object (${node.kind})`)
  allow(where, node, ['domain', 'structure'])
  const structure = nodeOf(where, node.inner.structure)
  allow(where, structure, ['required', 'optional', 'undeclared'])
  const { undeclared } = structure.inner
  if (undeclared !== 'reject' && undeclared !== 'delete')
    unknown(
      where,
      "an object that keeps unknown keys (say '+': 'delete' to drop or '+': 'reject' to refuse them)",
    )
  const fields = [
    ...listOf(structure.inner.required).map((prop) => fieldOf(where, prop, false)),
    ...listOf(structure.inner.optional).map((prop) => fieldOf(where, prop, true)),
  ]
  return objectLayout(where, fields, undeclared === 'reject')
}

function fieldOf(above: Where, prop: unknown, optional: boolean): NativeLeaf | NativeObject {
  const node = nodeOf(above, prop)
  const { key } = node.inner
  if (typeof key !== 'string') unknown(above, 'an object with a key that is no text')
  const where = under(above, key)
  allow(where, node, ['key', 'value'])
  const { value, nullable } = withoutNull(where, nodeOf(where, node.inner.value))
  if (domainOf(where, value) !== 'object')
    return { name: key, rules: rulesOf(where, value), optional, nullable }
  if (optional || nullable) unknown(where, 'an object that may be missing')
  return objectOf(where, value)
}

function unitsOf(where: Where, node: Node): unknown[] | undefined {
  if (node.kind === 'unit') return [node.inner.unit]
  if (node.kind !== 'union') return undefined
  const branches = listOf(node.inner.branches).map((branch) => nodeOf(where, branch))
  return branches.every(({ kind }) => kind === 'unit')
    ? branches.map(({ inner }) => inner.unit)
    : undefined
}

/** A union of one thing and null is that thing, or null. */
function withoutNull(where: Where, node: Node): { value: Node; nullable: boolean } {
  if (node.kind !== 'union') return { value: node, nullable: false }
  allow(where, node, ['branches', 'ordered'])
  const branches = listOf(node.inner.branches)
  const rest = branches.filter((branch) => {
    const { kind, inner } = nodeOf(where, branch)
    return kind !== 'unit' || inner.unit !== null
  })
  const nullable = rest.length < branches.length
  const value =
    rest.length === 1
      ? nodeOf(where, rest[0])
      : { kind: 'union', inner: { ...node.inner, branches: rest } }
  return { value, nullable }
}

function rulesOf(where: Where, node: Node): LeafRules {
  const units = unitsOf(where, node)
  if (units !== undefined) return oneOf(where, units)
  if (node.kind === 'intersection' && node.inner.proto !== undefined)
    return vectorRules(where, node)
  const domain = domainOf(where, node)
  if (domain === 'string') return textRules(where, node)
  if (domain === 'number') return { kind: 'number', number: numberRules(where, node) }
  return unknown(where, `a type of another kind (${node.kind})`)
}

/** ArkType's pattern of ISO 8601 dates and times. */
const ISO =
  '^([+-]?\\d{4}(?!\\d{2}\\b))((-?)((0[1-9]|1[0-2])(\\3([12]\\d|0[1-9]|3[01]))?|W([0-4]\\d|5[0-3])(-?[1-7])?|(00[1-9]|0[1-9]\\d|[12]\\d{2}|3([0-5]\\d|6[1-6])))(T((([01]\\d|2[0-3])((:?)[0-5]\\d)?|24:?00)([,.]\\d+(?!:))?)?(\\17[0-5]\\d([,.]\\d+)?)?([Zz]|([+-])([01]\\d|2[0-3]):?([0-5]\\d)?)?)?)?$'

function textRules(where: Where, node: Node): LeafRules {
  allow(where, node, [
    'domain',
    'minLength',
    'maxLength',
    'exactLength',
    'pattern',
    'numberAllowsNaN',
  ])
  const patterns = listOf(node.inner.pattern).map((part): RegExp => {
    const { inner } = nodeOf(where, part)
    const { rule, flags } = inner
    if (typeof rule !== 'string') unknown(where, 'a text with a pattern that is no text')
    const pattern = new RegExp(rule, typeof flags === 'string' ? flags : '')
    if (!isPlainPattern(pattern)) unknown(where, 'a text with a pattern that keeps its place')
    return pattern
  })
  const utcTime = takesUtcTimes(patterns, patterns[0]?.source === ISO && patterns[0].flags === '')
  const text = { ...ANY_TEXT, ...lengthsOf(where, node), patterns, utcTime }
  return { kind: 'string', text }
}

function lengthsOf(where: Where, { inner }: Node): { min: number; max: number } {
  const ruleOf = (name: string, otherwise: number): number => {
    if (inner[name] === undefined) return otherwise
    const limit = nodeOf(where, inner[name])
    allow(where, limit, ['rule'])
    return bound(where, limit.inner.rule)
  }
  return {
    min: Math.max(ruleOf('minLength', 0), ruleOf('exactLength', 0)),
    max: Math.min(ruleOf('maxLength', Infinity), ruleOf('exactLength', Infinity)),
  }
}

function numberRules(where: Where, node: Node): NumberRules {
  allow(where, node, ['domain', 'min', 'max', 'divisor', 'numberAllowsNaN'])
  const ruleOf = (name: string): { rule: number; exclusive: boolean } | undefined => {
    if (node.inner[name] === undefined) return undefined
    const limit = nodeOf(where, node.inner[name])
    allow(where, limit, ['rule', 'exclusive'])
    return { rule: bound(where, limit.inner.rule), exclusive: limit.inner.exclusive === true }
  }
  if (node.kind === 'domain') return ANY_NUMBER
  const min = ruleOf('min')
  const max = ruleOf('max')
  const step = ruleOf('divisor')?.rule
  if (step !== undefined && !(Number.isSafeInteger(step) && step > 0))
    unknown(where, 'a multiple of what is no safe integer')
  return {
    ...ANY_NUMBER,
    min: min?.rule ?? -Infinity,
    minExclusive: min?.exclusive ?? false,
    max: max?.rule ?? Infinity,
    maxExclusive: max?.exclusive ?? false,
    integer: step === 1,
    step: step === 1 ? undefined : step,
  }
}

function vectorRules(where: Where, node: Node): LeafRules {
  allow(where, node, ['proto', 'structure', 'minLength', 'maxLength', 'exactLength'])
  const proto = nodeOf(where, node.inner.proto)
  allow(where, proto, ['proto'])
  if (proto.inner.proto !== Array) unknown(where, 'an instance of a class')
  const structure = nodeOf(where, node.inner.structure)
  allow(where, structure, ['sequence'])
  const sequence = nodeOf(where, structure.inner.sequence)
  allow(where, sequence, ['variadic'])
  const item = nodeOf(where, sequence.inner.variadic)
  if (domainOf(where, item) !== 'number') unknown(where, 'an array of what is no number')
  return { kind: 'vector', item: numberRules(where, item), ...lengthsOf(where, node) }
}
