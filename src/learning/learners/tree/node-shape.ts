// What nodes of all trees have, as words of their store's arrays.

/** Of the whole numbers of a node. */
export const FEATURE = 0 // -1: a leaf
export const LEFT = 1
export const RIGHT = 2
export const DEPTH = 3
/** What it observes with; -1 for nothing. */
export const SLOT = 4
export const SHAPE = 5

/** Of the doubles of a node; what stores add of their own comes behind. */
export const THRESHOLD = 0
/** Weight of the rows that came by. */
export const PASSED = 1
/** Weight at the last attempt to split. */
export const TRIED = 2
