// Recognises what a user's function does from its exact source text. A recording proxy would be fooled by `??`, `||`,
// defaults and destructuring; the text cannot be.
import type { KeySelector, Selector } from '../contracts/selector.ts'

const NAME = '[A-Za-z_$][\\w$]*'
const PATH = new RegExp(`^\\(?\\s*(${NAME})\\s*\\)?\\s*=>\\s*\\1((?:\\??\\.${NAME})+)$`)
const LINK = new RegExp(`(\\??)\\.(${NAME})`, 'g')
const TUPLE = new RegExp(`^\\(?\\s*(${NAME})\\s*\\)?\\s*=>\\s*\\[(.*)\\]$`, 's')

/** What is known of a function of one row. */
export function selector(call: (row: never) => unknown): Selector {
  const text = Function.prototype.toString.call(call)
  return Object.freeze({ call: callable(call), text, ...pathOf(text) })
}

/** What is known of a function that gives a key. */
export function keySelector(call: (row: never) => unknown): KeySelector {
  const { call: own, text, path, chained } = selector(call)
  const parts = path === undefined ? tupleOf(text) : [path]
  return Object.freeze({
    call: own,
    text,
    path,
    chained,
    parts,
    tuple: path === undefined && parts !== undefined,
  })
}

function callable(call: (row: never) => unknown): (row: unknown) => unknown {
  return (row) => Reflect.apply(call, undefined, [row])
}

function pathOf(text: string): Pick<Selector, 'path' | 'chained'> {
  const match = PATH.exec(text)
  if (match === null) return { path: undefined, chained: Object.freeze([]) }
  const links = [...match[2].matchAll(LINK)]
  const path = links.map(([, , name]) => name)
  const chained = links.flatMap(([, mark], place) => (mark === '?' ? [place] : []))
  return { path: Object.freeze(path), chained: Object.freeze(chained) }
}

function tupleOf(text: string): readonly (readonly string[])[] | undefined {
  const match = TUPLE.exec(text)
  if (match === null) return undefined
  const part = new RegExp(`^${match[1].replaceAll('$', '\\$')}((?:\\.${NAME})+)$`)
  const parts = match[2]
    .replace(/,\s*$/, '')
    .split(',')
    .map((piece) => part.exec(piece.trim()))
  if (parts.some((each) => each === null)) return undefined
  return Object.freeze(parts.map((each) => Object.freeze((each?.[1] ?? '').slice(1).split('.'))))
}
