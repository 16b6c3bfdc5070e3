// Which leaves of a tree observe, where its bytes are too few for all.
import type { HoeffdingCore } from './hoeffding-core.ts'
import { DEPTH, FEATURE, SHAPE, SLOT } from './node-shape.ts'

/**
 * Has all leaves observe that there is room for, those first that have most weight beside their majority class, as MOA and River do
 * (Kirkby, "Improving Hoeffding Trees", University of Waikato, 2007). A leaf that gives up its slot gives up what it observed.
 */
export function shareRoom(core: HoeffdingCore): void {
  const { store, rules } = core
  const { shape } = store
  const leaves: number[] = []
  let room = store.slotsWithin(core.room)
  for (let node = 0; node < store.places; node++) {
    if (shape[node * SHAPE + FEATURE] >= 0 || shape[node * SHAPE + DEPTH] < 0) continue
    if (shape[node * SHAPE + SLOT] >= 0) room++
    if (shape[node * SHAPE + DEPTH] < rules.maxDepth) leaves.push(node)
  }
  if (leaves.length > room) {
    leaves.sort((a, b) => promise(core, b) - promise(core, a) || a - b)
    for (const leaf of leaves.splice(room)) store.closeSlot(leaf)
  }
  for (const leaf of leaves) if (shape[leaf * SHAPE + SLOT] < 0) core.open(leaf)
}

function promise(core: HoeffdingCore, leaf: number): number {
  const { classes } = core.rules
  let greatest = 0
  for (let c = 0; c < classes; c++) {
    greatest = Math.max(greatest, core.store.weights[leaf * classes + c])
  }
  return core.weightOf(leaf) - greatest
}
