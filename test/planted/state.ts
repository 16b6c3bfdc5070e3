// State of tasks: memory, deltas, tables, windows, timers.
import type { PlantedBug } from './bug.ts'

export const stateBugs: readonly PlantedBug[] = [
  {
    name: 'timer-not-in-delta',
    does: 'Moves timers in the heap without saying that the words changed.',
    file: 'src/engine/state/timers.ts',
    text: `    this.#heap.touchWords(to * WORDS, WORDS)`,
    becomes: ``,
    foundBy: [{ test: 'test/engine/state/timers.test.ts' }, { seeds: '0-99' }],
  },
  {
    name: 'timers-of-one-time-in-any-order',
    does: 'Fires timers of one time in the order of the heap, not of arming.',
    file: 'src/engine/state/timers.ts',
    text: `if (childTime > time || (childTime === time && f64[child * WORDS + ORDER] > order)) break`,
    becomes: `if (childTime >= time) break`,
    foundBy: [{ test: 'test/engine/state/timers.test.ts' }],
  },
  {
    name: 'grown-region-not-in-delta',
    does: 'Leaves a region out of the delta that grew and changed nowhere else.',
    file: 'src/engine/state/memory.ts',
    text: `if (!region.resized && region.changedGroups.every(isZero)) continue`,
    becomes: `if (region.changedGroups.every(isZero)) continue`,
    foundBy: [{ test: 'test/engine/state/memory.test.ts' }, { seeds: '0-99' }],
  },
  {
    name: 'last-word-of-run-not-touched',
    does: 'Says of a stretch of words that crosses a group that one word less changed.',
    file: 'src/engine/state/region.ts',
    text: `const last = (word + count - 1) >>> 5`,
    becomes: `const last = (word + count - 2) >>> 5`,
    foundBy: [{ test: 'test/engine/state/memory.test.ts' }],
  },
  {
    name: 'snapshot-chunk-skips-a-word',
    does: 'Begins the next chunk of a snapshot one word too late.',
    file: 'src/engine/state/memory.ts',
    text: `      if (cursor.word < region.words) break
      cursor.region++`,
    becomes: `      if (++cursor.word < region.words) break
      cursor.region++`,
    foundBy: [{ test: 'test/engine/state/memory.test.ts' }],
  },
  {
    name: 'slot-free-list-not-in-delta',
    does: 'Takes a free slot again and leaves it on the list of the free ones that is committed.',
    file: 'src/engine/state/key-table.ts',
    text: `      head.setI32(FREE_HEAD, this.records.i32[free * this.#stride * 2 + NEWER])
      return free`,
    becomes: `      head.i32[FREE_HEAD] = this.records.i32[free * this.#stride * 2 + NEWER]
      return free`,
    foundBy: [{ test: 'test/engine/state/key-table.test.ts' }, { seeds: '0-199' }],
  },
  {
    name: 'table-loses-what-follows-a-hole',
    does: 'Removes a key from the index without moving up what was put behind it.',
    file: 'src/engine/state/key-index.ts',
    text: `      pairs[hole * 2 + 1] = pairs[at * 2 + 1]
      hole = at`,
    becomes: `      hole = hole + 0`,
    foundBy: [{ test: 'test/engine/state/key-table.test.ts' }],
  },
  {
    name: 'keys-compared-by-length',
    does: 'Takes two long keys of equal length and hash places for the same.',
    file: 'src/engine/state/key-table.ts',
    text: `    return equalBytes(this.#long.region(cls).u8, offset, keys, start, length)`,
    becomes: `    return equalBytes(this.#long.region(cls).u8, offset, keys, start, 16)`,
    foundBy: [{ test: 'test/engine/state/key-table.test.ts' }],
  },
  {
    name: 'block-reused-before-release',
    does: 'Gives a block of a class out a second time while it is still used.',
    file: 'src/engine/state/blocks.ts',
    text: `      heads.setI32(at + 1, region.i32[free * words * 2])
      return free`,
    becomes: `      return free`,
    foundBy: [{ seeds: '0-39' }],
  },
  {
    name: 'left-edge-included',
    does: 'Counts an event that is exactly as old as the window is long.',
    file: 'src/engine/state/window-folds.ts',
    text: `  const from = time - window.delayMs - window.overMs
  return level.hop`,
    becomes: `  const from = time - window.delayMs - window.overMs - 1
  return level.hop`,
    foundBy: [{ test: 'test/engine/state/window-edges.test.ts' }],
  },
  {
    name: 'right-edge-excluded',
    does: 'Leaves the event itself out of its window.',
    file: 'src/engine/state/set-state.ts',
    text: `const until = entry >= 0 ? entry + 1 : events.events.countUntil(time)`,
    becomes: `const until = entry >= 0 ? entry : events.events.countUntil(time)`,
    foundBy: [{ test: 'test/engine/state/window-edges.test.ts' }],
  },
  {
    name: 'delay-off-by-one',
    does: 'Ends a delayed window one millisecond late.',
    file: 'src/engine/state/window-folds.ts',
    text: `  const to = time - window.delayMs
  return level.hop && window.delayMs > 0`,
    becomes: `  const to = window.delayMs > 0 ? time - window.delayMs + 1 : time
  return level.hop && window.delayMs > 0`,
    foundBy: [{ test: 'test/engine/state/window-edges.test.ts' }],
  },
  {
    name: 'late-event-at-the-end',
    does: 'Puts a late event behind those that are later than it.',
    file: 'src/engine/state/key-events.ts',
    text: `      entry = events.countUntil(time)
      const at`,
    becomes: `      entry = events.count
      const at`,
    foundBy: [{ test: 'test/engine/state/window-edges.test.ts' }],
  },
  {
    name: 'tile-of-dropped-one-too-old',
    does: 'Puts an event that is dropped into the tile that is newest, whichever it belongs to.',
    file: 'src/engine/state/key-events.ts',
    text: `if (tiles.count === 0 || tiles.time(tiles.count - 1) !== tile) {`,
    becomes: `if (tiles.count === 0) {`,
    foundBy: [{ seeds: '0-39' }, { test: 'test/engine/state/set-recovery.test.ts' }],
  },
  {
    name: 'batch-cut-changes-sums',
    does: 'Keeps the folds of a key where an event came between those that were folded.',
    file: 'src/engine/state/key-events.ts',
    text: `      this.folds.kept.inserted(entry)`,
    becomes: `      if (entry === events.count - 1) this.folds.kept.inserted(entry)`,
    foundBy: [{ seeds: '0-49' }, { test: 'test/engine/state/set-look.test.ts' }],
  },
  {
    name: 'keys-let-go-at-once',
    does: 'Lets a key go without the time that late events have.',
    file: 'src/engine/state/set-state.ts',
    text: `by > table.lastTime(slot) + keepMs + this.#slackMs`,
    becomes: `by > table.lastTime(slot) + keepMs`,
    foundBy: [{ test: 'test/engine/state/set-look.test.ts' }],
  },
  {
    name: 'revision-not-counted',
    does: 'Gives a row of a period that is told again the number of the first.',
    file: 'src/engine/state/periods.ts',
    text: `records.setF64(word + GIVEN, revision + 1)`,
    becomes: `records.setF64(word + GIVEN, 1)`,
    foundBy: [{ test: 'test/testing/periods.test.ts' }],
  },
]
