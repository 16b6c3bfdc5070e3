// Which leaves of a tree observe, where its bytes are too few for all.
import { DEPTH, FEATURE, SHAPE, SLOT } from './node-shape.ts'
import type { TreeRules } from './tree-rules.ts'
import type { TreeStore } from './tree-store.ts'

/** The tree whose leaves share room. */
export interface SharingTree {
  readonly rules: TreeRules
  readonly store: TreeStore
  /** Bytes that the store may take. */
  readonly room: number
  /** Has a leaf observe. */
  open(leaf: number): void
  weightOf(leaf: number): number
}

/**
 * Has all leaves observe that there is room for, those first that have most weight beside their majority class, as MOA and River do
 * (Kirkby, "Improving Hoeffding Trees", University of Waikato, 2007). A leaf that gives up its slot gives up what it observed.
 */
export function shareRoom(tree: SharingTree): void {
  const { store, rules } = tree
  const { shape } = store
  const leaves: number[] = []
  let room = store.slotsWithin(tree.room)
  for (let node = 0; node < store.places; node++) {
    if (shape[node * SHAPE + FEATURE] >= 0 || shape[node * SHAPE + DEPTH] < 0) continue
    if (shape[node * SHAPE + SLOT] >= 0) room++
    if (shape[node * SHAPE + DEPTH] < rules.maxDepth) leaves.push(node)
  }
  if (leaves.length > room) {
    leaves.sort((a, b) => promise(tree, b) - promise(tree, a) || a - b)
    for (const leaf of leaves.splice(room)) store.closeSlot(leaf)
  }
  for (const leaf of leaves) if (shape[leaf * SHAPE + SLOT] < 0) tree.open(leaf)
}

function promise(tree: SharingTree, leaf: number): number {
  const { classes } = tree.rules
  let greatest = 0
  for (let c = 0; c < classes; c++) {
    greatest = Math.max(greatest, tree.store.weights[leaf * classes + c])
  }
  return tree.weightOf(leaf) - greatest
}
