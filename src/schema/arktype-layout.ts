// Walks an ArkType 2 type itself, without importing ArkType: everything it finds must be known, or the event falls back.
// The walk is over the nodes ArkType validates by, which hold its predicates and morphs.
import { layoutOf, type NativeLayout } from './native-layout.ts'
import {
  ANY_NUMBER,
  ANY_TEXT,
  ANYTHING,
  required,
  type Gone,
  type ListShape,
  type NamedValue,
  type NumberRules,
  type ObjectShape,
  type Shape,
  type TextShape,
  type Value,
} from './native-shape.ts'
import {
  bound,
  constantOf,
  isPlainPattern,
  listOf,
  oneOf,
  property,
  ROOT,
  takesUtcTimes,
  under,
  unionOf,
  unknown,
  within,
  type Where,
} from './schema-walk.ts'

/** The layout of an ArkType type, or why there is none. */
export function arktypeLayout(schema: unknown): NativeLayout {
  return layoutOf(() => {
    const node = nodeOf(ROOT, property(schema, 'internal'))
    const value = valueOf(ROOT, node)
    if (value.shape.kind === 'object' && typeof value.shape.others === 'object')
      unknown(
        ROOT,
        "an object that keeps unknown keys (say '+': 'delete' to drop or '+': 'reject' to refuse them)",
      )
    return value
  })
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

function valueOf(where: Where, node: Node): Value {
  if (node.kind === 'unit') return oneOf(where, [node.inner.unit])
  if (node.kind === 'union') {
    allow(where, node, ['branches', 'ordered'])
    return unionOf(
      where,
      listOf(node.inner.branches).map((branch) => valueOf(where, nodeOf(where, branch))),
    )
  }
  if (node.kind === 'intersection' && Object.keys(node.inner).length === 0) return ANYTHING
  return required(shapeOf(where, node))
}

function shapeOf(where: Where, node: Node): Shape {
  if (node.kind === 'proto' || node.inner.proto !== undefined) return listShape(where, node)
  const domain = domainOf(where, node)
  if (domain === 'string') return textShape(where, node)
  if (domain === 'number') return { kind: 'number', number: numberRules(where, node) }
  if (domain === 'object' && node.kind === 'intersection') return objectShape(where, node)
  return unknown(where, `a type of another kind (${node.kind})`)
}

function objectShape(where: Where, node: Node): ObjectShape {
  allow(where, node, ['domain', 'structure'])
  const structure = nodeOf(where, node.inner.structure)
  const { index, undeclared } = structure.inner
  if (index !== undefined) {
    allow(where, structure, ['index'])
    return { kind: 'object', fields: [], others: recordOf(where, listOf(index)) }
  }
  allow(where, structure, ['required', 'optional', 'undeclared'])
  const fields = [
    ...listOf(structure.inner.required).map((prop) => fieldOf(where, prop, 'refused')),
    ...listOf(structure.inner.optional).map((prop) => fieldOf(where, prop, 'kept')),
  ]
  const others = undeclared === 'reject' ? 'refuse' : undeclared === 'delete' ? 'drop' : ANYTHING
  return { kind: 'object', fields, others }
}

function recordOf(where: Where, signatures: readonly unknown[]): Value {
  const signature = nodeOf(where, signatures[0])
  allow(where, signature, ['signature', 'value'])
  const key = nodeOf(where, signature.inner.signature)
  if (signatures.length > 1 || key.kind !== 'domain' || domainOf(where, key) !== 'string')
    unknown(where, 'a record whose keys are not any text')
  return valueOf(within(where), nodeOf(where, signature.inner.value))
}

function fieldOf(above: Where, prop: unknown, missing: Gone): NamedValue {
  const node = nodeOf(above, prop)
  const { key } = node.inner
  if (typeof key !== 'string') unknown(above, 'an object with a key that is no text')
  const where = under(above, key)
  allow(where, node, ['key', 'value', 'default'])
  const value = { name: key, ...valueOf(where, nodeOf(where, node.inner.value)), missing }
  const given = node.inner.default
  if (given === undefined) return value
  // ArkType has judged it when the type was made, and a function for its first value.
  const read = typeof given === 'function' ? () => Reflect.apply(given, undefined, []) : () => given
  return { ...value, missing: constantOf(where, read) }
}

/** ArkType's pattern of ISO 8601 dates and times. */
const ISO =
  '^([+-]?\\d{4}(?!\\d{2}\\b))((-?)((0[1-9]|1[0-2])(\\3([12]\\d|0[1-9]|3[01]))?|W([0-4]\\d|5[0-3])(-?[1-7])?|(00[1-9]|0[1-9]\\d|[12]\\d{2}|3([0-5]\\d|6[1-6])))(T((([01]\\d|2[0-3])((:?)[0-5]\\d)?|24:?00)([,.]\\d+(?!:))?)?(\\17[0-5]\\d([,.]\\d+)?)?([Zz]|([+-])([01]\\d|2[0-3]):?([0-5]\\d)?)?)?)?$'

function textShape(where: Where, node: Node): TextShape {
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
  if (step !== undefined && !(step > 0)) unknown(where, 'a multiple of no number above 0')
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

function listShape(where: Where, node: Node): ListShape {
  allow(where, node, ['proto', 'structure', 'minLength', 'maxLength', 'exactLength'])
  const proto = node.kind === 'proto' ? node : nodeOf(where, node.inner.proto)
  allow(where, proto, ['proto'])
  if (proto.inner.proto !== Array) unknown(where, 'an instance of a class')
  const { min, max } = lengthsOf(where, node)
  if (node.inner.structure === undefined)
    return { kind: 'list', first: [], rest: ANYTHING, min, max }
  const structure = nodeOf(where, node.inner.structure)
  allow(where, structure, ['sequence'])
  const sequence = nodeOf(where, structure.inner.sequence)
  allow(where, sequence, ['prefix', 'variadic'])
  const { prefix, variadic } = sequence.inner
  const itemOf = (item: unknown): Value => valueOf(within(where), nodeOf(where, item))
  const first = listOf(prefix).map(itemOf)
  const rest = variadic === undefined ? undefined : itemOf(variadic)
  return {
    kind: 'list',
    first,
    rest,
    min: Math.max(min, first.length),
    max: rest === undefined ? Math.min(max, first.length) : max,
  }
}
