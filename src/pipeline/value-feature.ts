// Features that are a value of an event, its own or the newest of its key, checked and turned into their plans.
import {
  checkCount,
  checkFunction,
  checkKeep,
  checkOptions,
  found,
  refuse,
  type Part,
} from './check.ts'
import { checkKind, kindOf } from './event-columns.ts'
import type { PlannedFeature } from './feature.ts'
import { selectorOf } from './selectors.ts'
import { WINDOW_OPTIONS } from './window.ts'
import type { Named, Said } from './window-feature.ts'

type Of = (event: never) => unknown

export function valueFeature(
  { name, part, columns }: Named,
  of: Of,
  options: Said = {},
): PlannedFeature {
  checkFunction(part, 'its value', of)
  checkOptions(part, options, ['kind'])
  const select = selectorOf(of)
  const gives = kindOf(part, select, { stated: options.kind, columns })
  return { plan: { kind: 'value', name, of: select, gives }, needsMs: 0 }
}

export function lastFeature(
  { name, part, columns }: Named,
  of: Of,
  options: Said = {},
): PlannedFeature {
  checkFunction(part, 'its value', of)
  const window = WINDOW_OPTIONS.find((option) => option in options)
  if (window !== undefined) {
    refuse(
      part,
      `last has no window, because one value a key is all it keeps; found '${window}'; write keep: '1d' for how long it holds, ` +
        'or take f.first, which has a window',
    )
  }
  checkOptions(part, options, ['kind', 'keep'])
  const select = selectorOf(of)
  const gives = kindOf(part, select, { stated: options.kind, columns })
  const { keep } = options
  const needsMs = keep === undefined ? undefined : checkKeep(part, keep)
  const keepMs = needsMs === Infinity ? undefined : needsMs
  return { plan: { kind: 'last', name, of: select, gives, keepMs }, needsMs }
}

const MOST_CATEGORIES = 1_000

export function oneHotFeature(
  { name, part, columns }: Named,
  of: Of,
  categories: readonly unknown[],
): PlannedFeature {
  checkFunction(part, 'its category', of)
  const known = checkCategories(part, categories)
  const [first] = known
  const takes =
    typeof first === 'string' ? 'string' : typeof first === 'number' ? 'number' : 'boolean'
  const select = selectorOf(of)
  checkKind(part, select.path, { option: 'its category', kinds: [takes], columns })
  const encoding = { oneHot: known }
  return {
    plan: { kind: 'value', name, of: select, gives: 'vector', takes, encoding },
    needsMs: 0,
  }
}

function checkCategories(part: Part, categories: unknown): readonly (string | number | boolean)[] {
  if (!Array.isArray(categories) || categories.length === 0 || categories.length > MOST_CATEGORIES)
    refuse(
      part,
      `categories must be a list of 1 to ${MOST_CATEGORIES}; found ${found(categories)}; write f.oneHot((event) => event.country, ['US', 'DE'])`,
    )
  const list: readonly unknown[] = categories
  const kind = typeof list[0]
  const isOne = (each: unknown): each is string | number | boolean =>
    typeof each === kind && ['string', 'number', 'boolean'].includes(kind) && !Number.isNaN(each)
  if (!list.every(isOne))
    refuse(
      part,
      'categories must all be texts, all numbers or all booleans; found others; correct the list',
    )
  if (new Set(list).size < list.length)
    refuse(part, 'categories must be different; found one twice; remove it')
  return list
}

export function hashedFeature(
  { name, part, columns }: Named,
  of: Of,
  options: Said,
): PlannedFeature {
  checkFunction(part, 'its category', of)
  checkOptions(part, options, ['buckets', 'kind'])
  const buckets = checkCount(part, 'buckets', options.buckets)
  if (buckets === undefined || buckets > MOST_BUCKETS)
    refuse(
      part,
      `buckets must be a whole number from 1 to ${MOST_BUCKETS}; found ${found(options.buckets)}; write { buckets: 64 }`,
    )
  const select = selectorOf(of)
  const takes = kindOf(part, select, { stated: options.kind, columns })
  if (takes !== 'string' && takes !== 'number')
    refuse(part, `its category must be a string or number; found a ${takes}; make a text of it`)
  const encoding = { buckets }
  return {
    plan: { kind: 'value', name, of: select, gives: 'number', takes, encoding },
    needsMs: 0,
  }
}

const MOST_BUCKETS = 2 ** 30
