// What a function can read of the row it is given, as far as its text says for sure.
import type { KeySelector, Selector } from '../contracts/selector.ts'

const NAME = '[A-Za-z_$][\\w$]*'
// An arrow function has no `arguments`: what its only parameter does not name, it cannot reach.
const NAMED = new RegExp(
  `^\\(\\s*\\{((?:\\s*${NAME}\\s*(?::\\s*${NAME}\\s*)?,)*(?:\\s*${NAME}\\s*(?::\\s*${NAME}\\s*)?)?)\\s*\\}\\s*,?\\s*\\)\\s*=>`,
)

/**
 * Paths from the row; whatever lies below one may be read, and nothing else. Known of `x => x.a.b`, of a key `x => [x.a, x.b]`, and of
 * an arrow function whose parameter names what it takes, `({ a, b }) => ...`.
 * @returns undefined where the function may read anything.
 */
export function reachOf(
  select: Selector | KeySelector,
): readonly (readonly string[])[] | undefined {
  if ('parts' in select && select.parts !== undefined) return select.parts
  if (select.path !== undefined) return [select.path]
  const match = NAMED.exec(select.text)
  if (match === null) return undefined
  return match[1]
    .split(',')
    .map((part) => part.split(':')[0].trim())
    .filter((name) => name !== '')
    .map((name) => [name])
}
