// What a feature set keeps, worked out once from its plan: words of an entry, tiles, folds and windows.
//
// The value of a window (a, b] is a function of the events in it alone. Time is cut into tiles (k w - w, k w], aligned to the epoch.
// The events of a's own tile fold in order of time (left); the full tiles between fold each by itself and merge in order (middle);
// the events of b's own tile fold (right); then left, middle and right merge in that order, parts without events left out.
// An aggregate that knows its exact value from the events themselves is given them in that order instead, where they are all kept.
// Where a and b share a tile there is only a left part. Nothing is ever subtracted; what is cached never changes a bit.
import type { ColumnKind } from '../../contracts/columns.ts'
import type { SetPlan } from '../../pipeline/plan.ts'
import { SUMS } from '../../features/sums.ts'
import { entryFields } from './entry-fields.ts'
import type { Level, SetLayout, Window } from './set-shape.ts'
import {
  emptyState,
  exactGroups,
  groupFolds,
  groupWindows,
  isExact,
  reach,
  tileGroups,
} from './window-groups.ts'

/** @throws DefinitionError when a column does not fit what its feature takes. */
export function setLayout(
  plan: SetPlan,
  inputKinds: readonly ColumnKind[],
  slackMs: number,
): SetLayout {
  const entry = entryFields(plan, inputKinds)
  const exactReach = Math.max(
    0,
    ...entry.windows.filter((w) => w.plan.window.hopMs === undefined).map(reach),
  )
  const retainMs = exactReach + slackMs
  const levels: Level[] = []
  const windows: Window[] = []
  let derivedWords = 0
  let { keyWords } = entry
  for (const group of tileGroups(entry.windows.filter((w) => !isExact(w)))) {
    const { folds, width } = groupFolds(group.windows)
    const reachMs = Math.max(...group.windows.map(reach))
    const spills = group.hop && reachMs + slackMs > retainMs
    levels.push({
      tileMs: group.tileMs,
      hop: group.hop,
      folds,
      sums: folds.every((fold) => SUMS.has(fold.aggregate)),
      kept: !group.wide,
      width,
      empty: emptyState(folds, width),
      derivedAt: derivedWords,
      tilesWord: spills ? keyWords : -1,
      reachMs,
    })
    windows.push(...groupWindows(group.windows, folds, levels.length - 1))
    if (!group.wide) derivedWords += width
    if (spills) keyWords += 2
  }
  const { windows: wanted, ...rest } = entry
  const stateful = wanted.length > 0 || rest.lasts.length > 0 || rest.sinces.length > 0
  const exactWindows = exactGroups(wanted.filter(isExact))
  const layout = {
    ...rest,
    keyWords,
    derivedWords,
    levels,
    windows,
    exactWindows,
    retainMs,
    stateful,
  }
  return { ...layout, signature: signature(layout, slackMs) }
}

function signature(layout: Omit<SetLayout, 'signature'>, slackMs: number): string {
  const levels = layout.levels.map((level) => [
    level.tileMs,
    level.tilesWord,
    ...level.folds.map(
      ({ aggregate: { name, variant, width }, word }) => `${name}:${variant}:${width}:${word}`,
    ),
  ])
  return JSON.stringify([
    2,
    slackMs,
    layout.retainMs,
    layout.keyWords,
    layout.sinceWord,
    // Not by which column of the input they are taken from: that is in no byte.
    layout.fields.map(({ word, kind, lastWord }) => [word, kind, lastWord]),
    levels,
  ])
}
