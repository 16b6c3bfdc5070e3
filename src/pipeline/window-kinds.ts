// The windows that take options of their own: each checks them, and says which aggregate they choose.
import type { Aggregate } from '../contracts/aggregate.ts'
import type { ColumnKind } from '../contracts/columns.ts'
import { distinct } from '../features/distinct.ts'
import { ewma } from '../features/ewma.ts'
import { quantile } from '../features/quantile.ts'
import { rate } from '../features/rate.ts'
import { slope } from '../features/slope.ts'
import { topK } from '../features/top-k.ts'
import { checkCount, checkLength, checkNumber, found, refuse, type Part } from './check.ts'
import type { Said, WindowKind } from './window-feature.ts'

export function rateKind(part: Part): WindowKind {
  return {
    aggregate: ({ per = '1s' }) => rate(checkLength(part, 'per', per)),
    more: ['per'],
    takes: undefined,
  }
}

export function slopeKind(part: Part): WindowKind {
  return {
    aggregate: ({ per = '1s' }) => slope(checkLength(part, 'per', per)),
    more: ['per', 'otherwise'],
    takes: 'number',
  }
}

export function ewmaKind(part: Part): WindowKind {
  return {
    aggregate: ({ halfLife }) => ewma(checkLength(part, 'halfLife', halfLife)),
    more: ['halfLife', 'otherwise'],
    takes: 'number',
  }
}

// Registers of a HyperLogLog: 2^6 to 2^14.
const LEAST_BITS = 6
const MOST_BITS = 14

export function distinctKind(part: Part): WindowKind {
  return {
    aggregate: (options) => {
      const error = errorOf(part, options, { least: 0.0082, most: 0.13, otherwise: 0.05 })
      let bits = LEAST_BITS
      while (1.04 / Math.sqrt(2 ** bits) > error && bits < MOST_BITS) bits++
      return distinct(bits)
    },
    more: ['kind', 'error'],
    takes: 'any',
  }
}

export function quantileKind(part: Part): WindowKind {
  return {
    aggregate: (options) => {
      const q = checkNumber(part, 'q', options.q)
      if (q === undefined || q < 0 || q > 1)
        refuse(part, `q must be a number from 0 to 1; found ${found(options.q)}; write { q: 0.95 }`)
      return quantile(q, errorOf(part, options, { least: 0.005, most: 0.2, otherwise: 0.02 }))
    },
    more: ['q', 'error', 'otherwise'],
    takes: 'number',
  }
}

/** The error a sketch may have; only windows in hops have one. */
function errorOf(
  part: Part,
  { error, hop }: Said,
  { least, most, otherwise }: { least: number; most: number; otherwise: number },
): number {
  const stated = checkNumber(part, 'error', error)
  if (stated === undefined) return otherwise
  if (hop === undefined)
    refuse(
      part,
      'error is for windows in hops, because others are exact; found it without hop; leave it out',
    )
  if (stated < least || stated > most)
    refuse(
      part,
      `error must be from ${least} to ${most}; found ${stated}; leave it out for ${otherwise}`,
    )
  return stated
}

const MOST_PLACES = 100

export function topKKind(part: Part): WindowKind {
  return {
    aggregate: (options) => {
      const k = checkCount(part, 'k', options.k)
      if (k === undefined || k > MOST_PLACES)
        refuse(
          part,
          `k must be a whole number from 1 to ${MOST_PLACES}; found ${found(options.k)}; write { k: 3 }`,
        )
      return topK(k)
    },
    more: ['kind', 'k'],
    takes: 'any',
    gives: (takes) => listOf(part, takes),
  }
}

/** The kind of a list of such values. */
function listOf(part: Part, takes: ColumnKind): ColumnKind {
  if (takes === 'string') return 'json'
  if (takes === 'number') return 'vector'
  refuse(part, `what topK takes must be a string or number; found a ${takes}; make a text of it`)
}

const NAMES: ReadonlySet<string> = new Set(
  'count rate sum mean min max std variance rms ewma slope share first distinct quantile topK'.split(
    ' ',
  ),
)
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,99}$/
const MOST_WIDTH = 4_096

/** An aggregate of the user. @throws DefinitionError where it is none. */
export function customKind(part: Part, aggregate: Aggregate): WindowKind {
  checkAggregateShape(part, aggregate)
  return {
    aggregate: () => aggregate,
    more: ['otherwise'],
    takes: aggregate.takesValue ? 'number' : undefined,
    userMade: true,
  }
}

function checkAggregateShape(part: Part, aggregate: unknown): void {
  if (typeof aggregate !== 'object' || aggregate === null)
    refuse(
      part,
      `an aggregate must be an object; found ${found(aggregate)}; write { name, width, takesValue, empty, add, merge, value }`,
    )
  const field = (name: string): unknown => Reflect.get(aggregate, name)
  const name = field('name')
  if (typeof name !== 'string' || !NAME.test(name) || NAMES.has(name))
    refuse(
      part,
      `an aggregate must have a name of its own, of letters, digits, '_' and '-'; found ${found(name)}; its state is found by it`,
    )
  const variant = field('variant')
  if (variant !== undefined && typeof variant !== 'string')
    refuse(
      part,
      `the variant of aggregate '${name}' must be a text; found ${found(variant)}; write String(...)`,
    )
  const width = field('width')
  if (typeof width !== 'number' || !Number.isInteger(width) || width < 1 || width > MOST_WIDTH)
    refuse(
      part,
      `the width of aggregate '${name}' must be a whole number of doubles from 1 to ${MOST_WIDTH}; found ${found(width)}`,
    )
  if (typeof field('takesValue') !== 'boolean')
    refuse(
      part,
      `aggregate '${name}' must say takesValue; found ${found(field('takesValue'))}; write true unless it only counts`,
    )
  for (const method of ['empty', 'add', 'merge', 'value']) {
    if (typeof field(method) !== 'function' || !Object.hasOwn(aggregate, method))
      refuse(
        part,
        `aggregate '${name}' must have a function ${method} of its own; found ${found(field(method))}; make it a plain object, which the plan is known by`,
      )
  }
  for (const method of ['takesHash', 'foldsAs', 'references', 'exact', 'list', 'exactList'])
    if (field(method) !== undefined)
      refuse(
        part,
        `aggregate '${name}' must not have ${method}, which is for Millrace's own; found it; remove it`,
      )
}
