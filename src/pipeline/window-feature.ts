// Features over a window of time, checked and turned into their plans.
import type { WindowAggregate } from '../contracts/aggregate.ts'
import type { ColumnKind } from '../contracts/columns.ts'
import type { Selector } from '../contracts/selector.ts'
import { checkCount, checkFunction, checkNumber, checkOptions, refuse, type Part } from './check.ts'
import { checkKind, kindOf, type EventColumns } from './event-columns.ts'
import type { PlannedFeature } from './feature.ts'
import { selectorOf } from './selectors.ts'
import { WINDOW_OPTIONS, windowPlan, type WindowOptions } from './window.ts'

/** A feature that is being planned: its name, where it stands, and what is known of its events. */
export interface Named {
  readonly name: string
  readonly part: Part
  readonly columns: EventColumns
}

/** Options as a definition in JavaScript may have them. */
export interface Said extends Readonly<Partial<WindowOptions>> {
  readonly otherwise?: unknown
  readonly kind?: unknown
  readonly keep?: unknown
  readonly length?: unknown
  readonly per?: unknown
  readonly halfLife?: unknown
  readonly q?: unknown
  readonly k?: unknown
  readonly error?: unknown
  readonly buckets?: unknown
}

type Of = ((event: never) => unknown) | undefined

/** What an aggregate does with a window, beside its options `over`, `delay` and `hop`. */
export interface WindowKind {
  readonly aggregate: (options: Said) => WindowAggregate
  /** Further options it knows. */
  readonly more: readonly string[]
  /** The column that holds what its function gives; none: it takes no function. */
  readonly takes: 'number' | 'boolean' | 'any' | undefined
  readonly userMade?: boolean
  /** The column it gives. Default: a number. */
  readonly gives?: (takes: ColumnKind) => ColumnKind
}

export function windowFeature(
  named: Named,
  kind: WindowKind,
  { of, options }: { readonly of: Of; readonly options: Said },
): PlannedFeature {
  const { name, part } = named
  if (kind.takes !== undefined) checkFunction(part, 'its value', of)
  checkOptions(part, options, [...WINDOW_OPTIONS, ...kind.more])
  const select = of === undefined ? undefined : selectorOf(of)
  const aggregate = kind.aggregate(options)
  const length = lengthOf(part, kind, options)
  const takes = takenKind(named, { kind, select, options, length, aggregate })
  const window = windowPlan(part, options)
  const otherwise = checkNumber(part, 'otherwise', options.otherwise)
  const gives = length === undefined ? (kind.gives?.(takes) ?? 'number') : 'vector'
  if (length !== undefined && otherwise !== undefined)
    refuse(part, 'otherwise is for a number; found it beside length; leave one of them out')
  return {
    plan: {
      kind: 'window',
      name,
      aggregate,
      of: select,
      takes,
      length,
      gives,
      window,
      otherwise,
      ...(kind.userMade === true ? { userMade: true } : {}),
    },
    needsMs: window.overMs + window.delayMs,
  }
}

function lengthOf(part: Part, { more }: WindowKind, options: Said): number | undefined {
  return more.includes('length') ? checkCount(part, 'length', options.length) : undefined
}

interface Taken {
  readonly kind: WindowKind
  readonly select: Selector | undefined
  readonly options: Said
  readonly length: number | undefined
  readonly aggregate: WindowAggregate
}

function takenKind(
  { part, columns }: Named,
  { kind, select, options, length, aggregate }: Taken,
): ColumnKind {
  if (select === undefined) return 'number'
  if (kind.takes === 'any') return kindOf(part, select, { stated: options.kind, columns })
  const takes = length === undefined ? (kind.takes ?? 'number') : 'vector'
  const option = `what ${aggregate.name} takes`
  checkKind(part, select.path, { option, kinds: [takes], columns })
  return takes
}
