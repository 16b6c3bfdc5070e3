// Compares a list with what a test expects, and says what is missing, what is too much and what differs, each with what it came from.
import { AssertionError } from 'node:assert'
import { countedText } from '../base/figures.ts'
import { differences, show } from './match.ts'

/** Differences that are told. */
const TOLD_MAX = 10
/** Longer lists are compared place by place. */
const ALIGNED_MAX = 400

export interface ListOf<Item> {
  /** `topic 'scores'`. */
  readonly title: string
  /** `record`. */
  readonly item: string
  readonly expected: readonly unknown[]
  readonly found: readonly Item[]
  /** What of an item is compared. Default: all of it. */
  readonly value?: (item: Item) => unknown
  /** Where an item came from, in words; undefined where that is not known. */
  readonly cause: (item: Item) => string | undefined
}

/** @throws AssertionError, of Node's own kind, which every test runner knows. */
export function expectList<Item>(list: ListOf<Item>): void {
  const { title, item, expected, found } = list
  const pairs = pairsOf(list)
  const wrong = pairs.flatMap((pair) => linesOf(list, pair))
  if (wrong.length === 0) return
  const told = wrong.slice(0, TOLD_MAX)
  const more = wrong.length - told.length
  fail([
    `${title}: expected ${countedText(expected.length, item)}, found ${found.length}`,
    ...told.flat(),
    ...(more === 0 ? [] : [`  and ${more} more`]),
  ])
}

/** @throws AssertionError always. */
export function fail(lines: readonly string[]): never {
  throw new AssertionError({ message: lines.join('\n'), stackStartFn: expectList })
}

/** Places in both lists that belong together; one of them is undefined where nothing does. */
interface Pair {
  readonly expected: number | undefined
  readonly found: number | undefined
}

function linesOf<Item>(list: ListOf<Item>, pair: Pair): string[][] {
  const { item, expected, found, cause, value = (each: Item): unknown => each } = list
  if (pair.found === undefined) {
    const at = pair.expected ?? 0
    return [[`  ${item} ${at} is missing`, `    expected ${show(expected[at])}`]]
  }
  const own = found[pair.found]
  const from = cause(own)
  const by = from === undefined ? [] : [`    from ${from}`]
  if (pair.expected === undefined)
    return [[`  ${item} ${pair.found} was not expected`, `    found ${show(value(own))}`, ...by]]
  const differ = differences(expected[pair.expected], value(own))
  if (differ.length === 0) return []
  return [
    [
      `  ${item} ${pair.expected} differs: ${show(value(own))}`,
      ...differ.map(
        (each) =>
          `    ${each.path === '' ? '' : `${each.path}: `}expected ${each.expected}, found ${each.found}`,
      ),
      ...by,
    ],
  ]
}

/** Items that match in order stay together, as many as can; between them, what is left is paired in its order. */
function pairsOf<Item>(list: ListOf<Item>): Pair[] {
  const { expected, found, value = (each: Item): unknown => each } = list
  const values = found.map(value)
  if (Math.max(expected.length, found.length) > ALIGNED_MAX)
    return between(expected.length, found.length, { expected: 0, found: 0 })
  const matches = expected.map((each) => values.map((own) => differences(each, own).length === 0))
  const common = longest(matches, found.length)
  const inPlace = matches.filter((row, i) => row[i]).length
  if (expected.length === found.length && inPlace === common.length)
    return between(expected.length, found.length, { expected: 0, found: 0 })
  const pairs: Pair[] = []
  let at = { expected: 0, found: 0 }
  for (const [e, f] of common) {
    pairs.push(...between(e, f, at), { expected: e, found: f })
    at = { expected: e + 1, found: f + 1 }
  }
  return [...pairs, ...between(expected.length, found.length, at)]
}

function between(
  expectedEnd: number,
  foundEnd: number,
  from: { readonly expected: number; readonly found: number },
): Pair[] {
  const count = Math.max(expectedEnd - from.expected, foundEnd - from.found)
  return Array.from({ length: count }, (_, i) => ({
    expected: from.expected + i < expectedEnd ? from.expected + i : undefined,
    found: from.found + i < foundEnd ? from.found + i : undefined,
  }))
}

/** Longest common subsequence, by the table of lengths. */
function longest(matches: readonly (readonly boolean[])[], columns: number): [number, number][] {
  const rows = matches.length
  const lengths = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1))
  for (let e = rows - 1; e >= 0; e--)
    for (let f = columns - 1; f >= 0; f--)
      lengths[e][f] = matches[e][f]
        ? lengths[e + 1][f + 1] + 1
        : Math.max(lengths[e + 1][f], lengths[e][f + 1])
  const pairs: [number, number][] = []
  for (let e = 0, f = 0; e < rows && f < columns;) {
    if (matches[e][f]) pairs.push([e++, f++])
    else if (lengths[e + 1][f] >= lengths[e][f + 1]) e++
    else f++
  }
  return pairs
}
