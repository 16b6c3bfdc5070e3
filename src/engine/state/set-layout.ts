// What a feature set keeps, worked out once from its plan: words of an entry, tiles, folds and windows.
//
// The value of a window (a, b] is a function of the events in it alone. Time is cut into tiles (k w - w, k w], aligned to the epoch.
// The events of a's own tile fold in order of time (left); the full tiles between fold each by itself and merge in order (middle);
// the events of b's own tile fold (right); then left, middle and right merge in that order, parts without events left out.
// Where a and b share a tile there is only a left part. Nothing is ever subtracted; what is cached never changes a bit.
import { sameSelector } from '../same-selector.ts'
import { DefinitionError } from '../../base/errors.ts'
import type { ColumnKind } from '../../contracts/columns.ts'
import type { Selector } from '../../contracts/selector.ts'
import type { SetPlan } from '../../pipeline/plan.ts'
import { SUMS } from '../../features/sums.ts'
import { Place, type Fold } from './fold-ops.ts'

/** Windows that share tiles are at most this many tiles long; shorter ones join while they are at least one tile long. */
const TILES = 32

/** A value of an entry; word 0 of an entry is its time. */
export interface EntryField {
  readonly word: number
  /** Which input column it is taken from. */
  readonly input: number
  readonly kind: ColumnKind
  /** Word of (time, value) of its newest event before the kept ones, in a key's record; -1 unless a `last` reads it. */
  readonly lastWord: number
}

export interface Level {
  readonly tileMs: number
  readonly hop: boolean
  readonly folds: readonly Fold[]
  /** Whether all its folds are sums: they are then merged together. */
  readonly sums: boolean
  /** Doubles of all its folds. */
  readonly width: number
  /** Its folds of no events. */
  readonly empty: Place
  /** Place of its running folds among the derived doubles of an entry. */
  readonly derivedAt: number
  /** Words in a key's record of the ring of tiles whose events were dropped; -1 when windows never reach behind the kept events. */
  readonly tilesWord: number
  /** How far a tile may reach behind a row's time, ms. */
  readonly reachMs: number
}

export interface Window {
  readonly level: number
  readonly overMs: number
  readonly delayMs: number
  readonly features: readonly {
    readonly feature: number
    readonly fold: Fold
    readonly otherwise: number | undefined
  }[]
  /** Folds of the level that its features need. */
  readonly folds: readonly Fold[]
}

export interface SetLayout {
  readonly fields: readonly EntryField[]
  readonly entryWords: number
  readonly derivedWords: number
  readonly levels: readonly Level[]
  readonly windows: readonly Window[]
  /** Field of each `last` feature. */
  readonly lasts: readonly {
    readonly feature: number
    readonly field: EntryField
    readonly keepMs: number | undefined
  }[]
  readonly sinces: readonly { readonly feature: number; readonly otherwise: number | undefined }[]
  /** Input column of each `value` feature. */
  readonly values: readonly { readonly feature: number; readonly input: number }[]
  /** Word of the time of the newest event before the kept ones; -1 without `since`. */
  readonly sinceWord: number
  /** Extra words of a key's record. */
  readonly keyWords: number
  /** How long an event is kept behind the merge time, ms. */
  readonly retainMs: number
  /** Whether it keeps anything at all. */
  readonly stateful: boolean
  /** Everything above that the bytes depend on, as text. */
  readonly signature: string
}

type WindowFeature = Extract<SetPlan['features'][number], { kind: 'window' }>

interface WantedWindow {
  readonly feature: number
  readonly plan: WindowFeature
  readonly word: number
}

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
  let keyWords = entry.keyWords
  for (const group of tileGroups(entry.windows)) {
    const { folds, width } = groupFolds(group.windows)
    const reachMs = Math.max(...group.windows.map(reach))
    const spills = group.hop && reachMs + slackMs > retainMs
    levels.push({
      tileMs: group.tileMs,
      hop: group.hop,
      folds,
      sums: folds.every((fold) => SUMS.has(fold.aggregate)),
      width,
      empty: emptyState(folds, width),
      derivedAt: derivedWords,
      tilesWord: spills ? keyWords : -1,
      reachMs,
    })
    windows.push(...groupWindows(group.windows, folds, levels.length - 1))
    derivedWords += width
    if (spills) keyWords += 2
  }
  const { windows: wanted, ...rest } = entry
  const stateful = wanted.length > 0 || rest.lasts.length > 0 || rest.sinces.length > 0
  const layout = { ...rest, keyWords, derivedWords, levels, windows, retainMs, stateful }
  return { ...layout, signature: signature(layout, slackMs) }
}

function reach(wanted: WantedWindow): number {
  const { overMs, delayMs, hopMs } = wanted.plan.window
  return overMs + delayMs + (hopMs ?? 0)
}

/** Inputs, and what each feature does with them. */
function entryFields(plan: SetPlan, inputKinds: readonly ColumnKind[]) {
  const fields: EntryField[] = []
  const fieldOf = new Map<number, number>()
  const selectors: Selector[] = []
  const windows: WantedWindow[] = []
  const lasts: SetLayout['lasts'][number][] = []
  const sinces: SetLayout['sinces'][number][] = []
  const values: SetLayout['values'][number][] = []
  // The ring of events stands first in the extra words of a key's record.
  let keyWords = 2
  let sinceWord = -1
  const field = (of: Selector, last: boolean): EntryField => {
    const input = selectors.findIndex((other) => sameSelector(other, of))
    const found = fieldOf.get(input)
    if (found !== undefined && (!last || fields[found].lastWord >= 0)) return fields[found]
    const lastWord = last ? keyWords : -1
    if (last) keyWords += 2
    const made: EntryField = {
      word: 1 + (found ?? fields.length),
      input,
      kind: inputKinds[input],
      lastWord,
    }
    fieldOf.set(input, made.word - 1)
    fields[made.word - 1] = made
    return made
  }
  plan.features.forEach((feature, i) => {
    const of = feature.kind === 'since' ? undefined : feature.of
    if (of !== undefined) selectors.push(of)
    const input = selectors.length - 1
    if (of !== undefined && inputKinds[input] === undefined) throw missingInput(plan, feature.name)
    if (feature.kind === 'value') values.push({ feature: i, input })
    else if (feature.kind === 'last')
      lasts.push({ feature: i, field: field(feature.of, true), keepMs: feature.keepMs })
    else if (feature.kind === 'since') {
      if (sinceWord < 0) sinceWord = keyWords++
      sinces.push({ feature: i, otherwise: feature.otherwise })
    } else {
      const kind = of === undefined ? 'number' : inputKinds[input]
      if (feature.aggregate.takesValue && kind !== 'number' && kind !== 'boolean')
        throw notANumber(plan, feature, kind)
      windows.push({
        feature: i,
        plan: feature,
        word: of === undefined ? 0 : field(of, false).word,
      })
    }
  })
  return {
    fields,
    entryWords: 1 + fields.length,
    windows,
    lasts,
    sinces,
    values,
    sinceWord,
    keyWords,
  }
}

interface TileGroup {
  readonly tileMs: number
  readonly hop: boolean
  readonly windows: readonly WantedWindow[]
}

/** Windows by hop; exact ones by length, so that none is shorter than a tile or longer than `TILES` of them. */
function tileGroups(windows: readonly WantedWindow[]): TileGroup[] {
  const groups: TileGroup[] = []
  for (const hopMs of new Set(windows.map((w) => w.plan.window.hopMs))) {
    if (hopMs !== undefined)
      groups.push({
        tileMs: hopMs,
        hop: true,
        windows: windows.filter((w) => w.plan.window.hopMs === hopMs),
      })
  }
  let rest = windows.filter((w) => w.plan.window.hopMs === undefined)
  while (rest.length > 0) {
    const tileMs = Math.ceil(Math.max(...rest.map((w) => w.plan.window.overMs)) / TILES)
    groups.push({ tileMs, hop: false, windows: rest.filter((w) => w.plan.window.overMs >= tileMs) })
    rest = rest.filter((w) => w.plan.window.overMs < tileMs)
  }
  return groups
}

function groupFolds(windows: readonly WantedWindow[]): { folds: Fold[]; width: number } {
  const folds: Fold[] = []
  let width = 0
  for (const { plan, word } of windows) {
    if (folds.some((fold) => fold.aggregate === plan.aggregate && fold.word === word)) continue
    folds.push({ aggregate: plan.aggregate, word, at: width })
    width += plan.aggregate.width
  }
  return { folds, width }
}

function emptyState(folds: readonly Fold[], width: number): Place {
  const empty = new Place(new Float64Array(width))
  for (const { aggregate, at } of folds) aggregate.empty(empty.state, at)
  return empty
}

function groupWindows(
  wanted: readonly WantedWindow[],
  folds: readonly Fold[],
  level: number,
): Window[] {
  const bySpan = new Map<string, WantedWindow[]>()
  for (const one of wanted) {
    const span = `${one.plan.window.overMs} ${one.plan.window.delayMs}`
    bySpan.set(span, [...(bySpan.get(span) ?? []), one])
  }
  return [...bySpan.values()].map((same) => {
    const features = same.map(({ feature, plan, word }) => ({
      feature,
      fold:
        folds.find((fold) => fold.aggregate === plan.aggregate && fold.word === word) ?? folds[0],
      otherwise: plan.otherwise,
    }))
    const { overMs, delayMs } = same[0].plan.window
    return {
      level,
      overMs,
      delayMs,
      features,
      folds: folds.filter((fold) => features.some((f) => f.fold === fold)),
    }
  })
}

function signature(layout: Omit<SetLayout, 'signature'>, slackMs: number): string {
  const levels = layout.levels.map((level) => [
    level.tileMs,
    level.tilesWord,
    ...level.folds.map((fold) => `${fold.aggregate.name}:${fold.aggregate.width}:${fold.word}`),
  ])
  return JSON.stringify([
    1,
    slackMs,
    layout.retainMs,
    layout.keyWords,
    layout.sinceWord,
    layout.fields,
    levels,
  ])
}

function missingInput(plan: SetPlan, feature: string): DefinitionError {
  return new DefinitionError(
    `feature ${plan.name}.${feature} expects an input column; found none. Give the kind of every input`,
  )
}

function notANumber(plan: SetPlan, feature: WindowFeature, kind: ColumnKind): DefinitionError {
  return new DefinitionError(
    `feature ${plan.name}.${feature.name} expects numbers or booleans for ${feature.aggregate.name}; found ${kind}. Give it a function that returns a number`,
  )
}
