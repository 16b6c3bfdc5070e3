// Lays an ensemble out as the kernel walks it: every node asks "value > threshold?", its two ways on lie side by side,
// that for no first, and a leaf leads to itself, so that all rows take the same number of steps.
import { ModelError } from '../../base/errors.ts'
import { EQ, GT, GTE, LEAF, LEQ, LT, NEQ, leave, type Ensemble } from './ensemble.ts'
import { justBelow } from './just-below.ts'
import type { NumberType } from './wasm-code.ts'

/** Bytes of a node: the threshold, then the feature's place in the row, the ways on, and 1 where NaN is taken for greater. */
export const NODE = { float32: 16, float64: 32 } as const
export const FIELDS = {
  float32: { feature: 4, next: 8, nan: 12 },
  float64: { feature: 8, next: 12, nan: 16 },
} as const
/** A node's value lies at its own address divided by this, after all nodes. */
export const VALUE_SHIFT = 2
export const NUMBER_BYTES = { float32: 4, float64: 8 } as const

/** A node on its way into the table. */
export interface Placed {
  readonly threshold: number
  readonly feature: number
  /** Place of the pair of nodes that follow, first that for values at most the threshold; of a leaf its own. */
  readonly next: number
  readonly nanIsGreater: number
  /** The node of the ensemble whose weights these are; -1: no leaf. */
  readonly leaf: number
}

export interface NodeTable {
  readonly precision: NumberType
  readonly nodes: readonly Placed[]
  readonly roots: readonly number[]
  /** Steps from the root to the deepest leaf, by tree. */
  readonly depths: readonly number[]
  /** Of each tree the only target, where each of its leaves has exactly one weight; undefined: leaves have lists. */
  readonly targets: readonly number[] | undefined
}

/** @throws ModelError ML_MODEL when nodes lead back to themselves: such a model would never end. */
export function nodeTable(ensemble: Ensemble): NodeTable {
  const writer = new TableWriter(ensemble)
  const depths: number[] = []
  const roots = [...ensemble.roots].map((root) => {
    const { place, depth } = writer.tree(root)
    depths.push(depth)
    return place
  })
  return {
    precision: ensemble.precision,
    nodes: writer.placed,
    roots,
    depths,
    targets: onlyTargets(ensemble),
  }
}

function onlyTargets(ensemble: Ensemble): number[] | undefined {
  const targets = [...ensemble.roots].map((root) => onlyTarget(ensemble, root))
  return targets.every((target) => target !== undefined) ? targets : undefined
}

function onlyTarget({ nodes }: Ensemble, root: number): number | undefined {
  const { mode, yes, no, start, target } = nodes
  let only: number | undefined
  const open = [root]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (mode[node] !== LEAF) {
      open.push(yes[node], no[node])
      continue
    }
    const first = start[node]
    if (start[node + 1] - first !== 1) return undefined
    only ??= target[first]
    if (target[first] !== only) return undefined
  }
  return only
}

interface Way {
  readonly node: number
  readonly place: number
  readonly depth: number
}

class TableWriter {
  readonly placed: Placed[] = []
  readonly #ensemble: Ensemble
  /** Every node of a tree has one way to it; more would be no tree, and a cycle would never end. */
  readonly #seen: Uint8Array

  constructor(ensemble: Ensemble) {
    this.#ensemble = ensemble
    this.#seen = new Uint8Array(ensemble.nodes.mode.length)
  }

  tree(root: number): { readonly place: number; readonly depth: number } {
    const place = this.placed.length
    this.placed.length += 2 // places come in pairs; a root wastes one
    this.placed[place + 1] = leafAt(place + 1, -1)
    let deepest = 0
    const open: Way[] = [{ node: root, place, depth: 0 }]
    for (let way = open.pop(); way !== undefined; way = open.pop()) {
      deepest = Math.max(deepest, this.#place(way, open))
    }
    return { place, depth: deepest }
  }

  /** @returns the depth of what was placed. */
  #place({ node, place, depth }: Way, open: Way[]): number {
    const { mode, feature, threshold, missingIsYes, yes, no } = this.#ensemble.nodes
    if (mode[node] === LEAF) {
      this.placed[place] = leafAt(place, node)
      return depth
    }
    if (this.#seen[node] === 1) {
      throw new ModelError(
        'ML_MODEL',
        'every inner node of a tree has one way that leads to it; found one with two, or a way that leads back; export the model again',
      )
    }
    this.#seen[node] = 1
    const limit = threshold[node]
    if (Number.isNaN(limit)) leave('a threshold is NaN')
    const missing = missingIsYes[node]
    const ask = (at: number, how: { limit: number; nanIsGreater: number }): number => {
      const next = this.placed.length
      this.placed.length += 2
      this.placed[at] = {
        threshold: how.limit,
        feature: feature[node],
        next,
        nanIsGreater: how.nanIsGreater,
        leaf: -1,
      }
      return next
    }
    const asked = atMostOrGreater(mode[node], limit, this.#ensemble.precision)
    if (asked === undefined) return this.#placeEqual({ node, place, depth }, { open, ask, limit })
    const [atMost, greater] = asked.mode === LEQ ? [yes[node], no[node]] : [no[node], yes[node]]
    const next = ask(place, {
      limit: asked.limit,
      nanIsGreater: asked.mode === LEQ ? 1 - missing : missing,
    })
    open.push(
      { node: atMost, place: next, depth: depth + 1 },
      { node: greater, place: next + 1, depth: depth + 1 },
    )
    return depth
  }

  /**
   * Equality is two questions: is it at most the limit, and if so, is it below? NaN is unequal, unless it counts as yes.
   * The node for unequal is reached from both, and stands twice: the copies share what follows them.
   */
  #placeEqual({ node, place, depth }: Way, how: Equality): number {
    const { precision } = this.#ensemble
    const { mode, missingIsYes, yes, no } = this.#ensemble.nodes
    if (mode[node] !== EQ && mode[node] !== NEQ) leave('a node asks for membership of a set')
    const equal = mode[node] === EQ ? yes[node] : no[node]
    const unequal = mode[node] === EQ ? no[node] : yes[node]
    const first = how.ask(place, {
      limit: how.limit,
      nanIsGreater: mode[node] === EQ ? 1 - missingIsYes[node] : 1,
    })
    // Nothing is below -Infinity: what is not greater than it is equal.
    const isLeast = how.limit === Number.NEGATIVE_INFINITY
    const second = isLeast
      ? how.ask(first, { limit: Number.POSITIVE_INFINITY, nanIsGreater: 0 })
      : how.ask(first, { limit: justBelow(how.limit, precision), nanIsGreater: 1 })
    const [equalAt, belowAt] = isLeast ? [second, second + 1] : [second + 1, second]
    how.open.push({ node: equal, place: equalAt, depth: depth + 2 })
    const inner: Way[] = [{ node: unequal, place: first + 1, depth: depth + 2 }]
    let deepest = depth
    for (let way = inner.pop(); way !== undefined; way = inner.pop())
      deepest = Math.max(deepest, this.#place(way, inner))
    const copied = this.placed[first + 1]
    this.placed[belowAt] = copied.leaf < 0 ? copied : leafAt(belowAt, copied.leaf)
    return deepest
  }
}

/** The question of a node as "at most" or "greater than"; undefined where it is about equality. */
function atMostOrGreater(
  mode: number,
  limit: number,
  precision: NumberType,
): { readonly mode: typeof LEQ | typeof GT; readonly limit: number } | undefined {
  if (mode === LEQ || mode === GT) return { mode, limit }
  if (mode !== LT && mode !== GTE) return undefined
  // Nothing is below -Infinity, as nothing is above Infinity.
  if (limit === Number.NEGATIVE_INFINITY)
    return { mode: mode === LT ? GT : LEQ, limit: Number.POSITIVE_INFINITY }
  return { mode: mode === LT ? LEQ : GT, limit: justBelow(limit, precision) }
}

interface Equality {
  readonly open: Way[]
  readonly limit: number
  ask(place: number, how: { readonly limit: number; readonly nanIsGreater: number }): number
}

function leafAt(place: number, leaf: number): Placed {
  return { threshold: Number.POSITIVE_INFINITY, feature: 0, next: place, nanIsGreater: 0, leaf }
}
