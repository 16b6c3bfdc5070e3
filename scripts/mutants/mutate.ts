// Mutants of a source: each is the source with one small thing changed, as a person might get it wrong. It must leave alone what no test
// is about: types, imports, the words of errors.
import { stripTypeScriptTypes } from 'node:module'
import { parseSync } from 'oxc-parser'

export interface Mutant {
  /** Below the repository. */
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly operator: string
  readonly start: number
  readonly end: number
  readonly was: string
  readonly becomes: string
}

/** A node as the parser gives it (ESTree with types). */
interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [name: string]: unknown
}

interface Change {
  readonly operator: string
  readonly start: number
  readonly end: number
  readonly becomes: string
}

const BINARY: Readonly<Record<string, readonly [operator: string, becomes: string]>> = {
  '<': ['boundary', '<='],
  '<=': ['boundary', '<'],
  '>': ['boundary', '>='],
  '>=': ['boundary', '>'],
  '===': ['equality', '!=='],
  '!==': ['equality', '==='],
  '+': ['arithmetic', '-'],
  '-': ['arithmetic', '+'],
  '*': ['arithmetic', '/'],
  '/': ['arithmetic', '*'],
  '%': ['arithmetic', '*'],
  '&': ['bits', '|'],
  '|': ['bits', '&'],
  '<<': ['bits', '>>'],
  '>>': ['bits', '<<'],
  '>>>': ['bits', '>>'],
  '&&': ['logic', '||'],
  '||': ['logic', '&&'],
  '??': ['logic', '&&'],
}
const ASSIGNED: Readonly<Record<string, string>> = {
  '+=': '-=',
  '-=': '+=',
  '|=': '&=',
  '&=': '|=',
}
const SKIPPED = /^(TS(?!NonNull|As|Satisfies)|Import|ThrowStatement|TemplateLiteral)/

/** All mutants of a source, in the order of their places; some do not parse. @throws Error where it does not parse. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0].message}`)
  const changes: Change[] = []
  visit(program as unknown as Node, text, changes)
  return changes
    .map(({ operator, start, end, becomes }) => {
      const line = text.slice(0, start).split('\n').length
      return { file, line, operator, start, end, was: text.slice(start, end), becomes }
    })
    .sort((a, b) => a.start - b.start || a.end - b.end)
}

export function mutated(text: string, { start, end, becomes }: Mutant): string {
  return text.slice(0, start) + becomes + text.slice(end)
}

/** Whether it is a program at all. */
export function parses(text: string, mutant: Mutant): boolean {
  try {
    stripTypeScriptTypes(mutated(text, mutant))
    return true
  } catch {
    return false
  }
}

function visit(node: Node, text: string, into: Change[]): void {
  if (SKIPPED.test(node.type) || isError(node)) return
  into.push(...changesOf(node, text))
  for (const [name, value] of Object.entries(node)) {
    if (name === 'typeAnnotation' || name === 'returnType' || name === 'typeArguments') continue
    for (const each of Array.isArray(value) ? value : [value])
      if (isNode(each)) visit(each, text, into)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

/** An error that is made, or an assertion: what is in it are words. */
function isError(node: Node): boolean {
  const callee = isNode(node.callee) ? node.callee : undefined
  const name = typeof callee?.name === 'string' ? callee.name : ''
  return (
    (node.type === 'NewExpression' && name.endsWith('Error')) ||
    (node.type === 'CallExpression' && name === 'assert')
  )
}

function changesOf(node: Node, text: string): Change[] {
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
      return binary(node, text)
    case 'AssignmentExpression':
      return assignment(node, text)
    case 'IfStatement':
    case 'ConditionalExpression':
      return isNode(node.test)
        ? ['true', 'false'].map((becomes) => replaced('condition', node.test as Node, becomes))
        : []
    case 'WhileStatement':
      return isNode(node.test) && node.test.type !== 'Literal'
        ? [replaced('condition', node.test, 'false')]
        : []
    case 'ExpressionStatement':
      return statement(node)
    case 'UpdateExpression':
      return [replaced('update', node, swap(text.slice(node.start, node.end), '++', '--'))]
    case 'UnaryExpression':
      return node.operator === '!' && isNode(node.argument)
        ? [replaced('not', node, text.slice(node.argument.start, node.argument.end))]
        : []
    case 'Literal':
      return literal(node)
    case 'CallExpression':
      return extreme(node, text)
    default:
      return []
  }
}

function binary(node: Node, text: string): Change[] {
  const { left, right } = node
  if (!isNode(left) || !isNode(right)) return []
  const found = BINARY[String(node.operator)]
  if (found === undefined || (node.operator === '+' && (isText(left) || isText(right)))) return []
  const [operator, becomes] = found
  const start = text.indexOf(String(node.operator), left.end)
  return [{ operator, start, end: start + String(node.operator).length, becomes }]
}

function isText(node: Node): boolean {
  return (
    node.type === 'TemplateLiteral' ||
    (node.type === 'Literal' && typeof node.value === 'string') ||
    (node.type === 'BinaryExpression' &&
      [node.left, node.right].some((each) => isNode(each) && isText(each)))
  )
}

function assignment(node: Node, text: string): Change[] {
  const becomes = ASSIGNED[String(node.operator)]
  if (becomes === undefined || !isNode(node.left)) return []
  const start = text.indexOf(String(node.operator), node.left.end)
  return [{ operator: 'assignment', start, end: start + 2, becomes }]
}

/** Left out: what does something, and gives nothing. */
function statement(node: Node): Change[] {
  const { expression } = node
  const does = isNode(expression) && /^(Await|Call|Assignment|Update)/.test(expression.type)
  return does ? [replaced('left out', node, ';')] : []
}

function literal(node: Node): Change[] {
  const { value } = node
  if (typeof value === 'boolean') return [replaced('boolean', node, String(!value))]
  if (typeof value === 'number') return [replaced('number', node, String(value + 1))]
  return []
}

function extreme(node: Node, text: string): Change[] {
  if (!isNode(node.callee)) return []
  const name = text.slice(node.callee.start, node.callee.end)
  if (name !== 'Math.max' && name !== 'Math.min') return []
  return [replaced('extreme', node.callee, swap(name, 'max', 'min'))]
}

function swap(text: string, one: string, other: string): string {
  return text.includes(one) ? text.replace(one, other) : text.replace(other, one)
}

function replaced(operator: string, { start, end }: Node, becomes: string): Change {
  return { operator, start, end, becomes }
}
