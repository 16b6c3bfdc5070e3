// What an event is kept with, and which feature reads what of it.
import { DefinitionError } from '../../base/errors.ts'
import type { ColumnKind } from '../../contracts/columns.ts'
import type { Selector } from '../../contracts/selector.ts'
import type { FeaturePlan, SetPlan } from '../../pipeline/plan.ts'
import { sameSelector } from '../same-selector.ts'
import type { EntryField, EntryForm, SetLayout } from './set-shape.ts'

export type WindowFeaturePlan = Extract<FeaturePlan, { kind: 'window' }>

/** A window feature, and the first word of an entry it takes; 0 (the time) when it takes no value. */
export interface WantedWindow {
  readonly feature: number
  readonly plan: WindowFeaturePlan
  readonly word: number
  /** Whether what it gives are references to bytes. */
  readonly bytes: boolean
}

/** Values that lie in an entry by a reference. */
export function holdsBytes({ kind, as }: EntryField): boolean {
  return as === 'value' && kind !== 'number' && kind !== 'boolean'
}

/** Fields of an entry while they are found: one a function and form. */
class Fields {
  readonly list: EntryField[] = []
  // The ring of events stands first in the extra words of a key's record.
  keyWords = 2
  words = 1
  readonly #selectors: Selector[] = []
  readonly #kinds: readonly ColumnKind[]

  constructor(kinds: readonly ColumnKind[]) {
    this.#kinds = kinds
  }

  /** Notes the function of the next feature that has one. @returns the kind of its column. */
  input(of: Selector): ColumnKind | undefined {
    this.#selectors.push(of)
    return this.#kinds[this.#selectors.length - 1]
  }

  get inputs(): number {
    return this.#selectors.length
  }

  /** The field of the last function noted. */
  field(as: EntryForm, { last = false, words = 1 } = {}): EntryField {
    const newest = this.#selectors.length - 1
    const input = this.#selectors.findIndex(
      (other, i) =>
        this.#kinds[i] === this.#kinds[newest] && sameSelector(other, this.#selectors[newest]),
    )
    const found = this.list.findIndex((each) => each.input === input && each.as === as)
    const known = this.list[found]
    if (known !== undefined && (!last || known.lastWord >= 0)) return known
    const lastWord = last ? this.keyWords : -1
    if (last) this.keyWords += 2
    if (known !== undefined) return (this.list[found] = { ...known, lastWord })
    const made = { word: this.words, words, input, kind: this.#kinds[input], as, lastWord }
    this.words += words
    this.list.push(made)
    return made
  }
}

/** Where each feature of a set finds its values. */
export interface EntryFields {
  readonly fields: EntryField[]
  readonly entryWords: number
  readonly windows: WantedWindow[]
  readonly lasts: SetLayout['lasts'][number][]
  readonly sinces: SetLayout['sinces'][number][]
  readonly values: SetLayout['values'][number][]
  readonly sinceWord: number
  readonly keyWords: number
}

/** Inputs, and what each feature does with them. */
export function entryFields(plan: SetPlan, inputKinds: readonly ColumnKind[]): EntryFields {
  const fields = new Fields(inputKinds)
  const windows: WantedWindow[] = []
  const lasts: SetLayout['lasts'][number][] = []
  const sinces: SetLayout['sinces'][number][] = []
  const values: SetLayout['values'][number][] = []
  let sinceWord = -1
  plan.features.forEach((feature, i) => {
    const of = feature.kind === 'since' ? undefined : feature.of
    const kind = of === undefined ? 'number' : fields.input(of)
    if (kind === undefined) throw missingInput(plan, feature.name)
    if (feature.kind === 'value')
      values.push({ feature: i, input: fields.inputs - 1, encoding: feature.encoding })
    else if (feature.kind === 'last')
      lasts.push({
        feature: i,
        field: fields.field('value', { last: true }),
        keepMs: feature.keepMs,
      })
    else if (feature.kind === 'since') {
      if (sinceWord < 0) sinceWord = fields.keyWords++
      sinces.push({ feature: i, otherwise: feature.otherwise })
    } else windows.push(wanted(plan, { feature, i, kind }, fields))
  })
  const { list, words, keyWords } = fields
  return { fields: list, entryWords: words, windows, lasts, sinces, values, sinceWord, keyWords }
}

function wanted(
  plan: SetPlan,
  { feature, i, kind }: { feature: WindowFeaturePlan; i: number; kind: ColumnKind },
  fields: Fields,
): WantedWindow {
  const { aggregate, length, of } = feature
  if (of === undefined) return { feature: i, plan: feature, word: 0, bytes: false }
  if (aggregate.takesHash === true)
    return { feature: i, plan: feature, word: fields.field('hash').word, bytes: false }
  if (length !== undefined) {
    if (kind !== 'vector') throw unfit(plan, feature, kind)
    const { word } = fields.field('items', { words: length })
    return { feature: i, plan: feature, word, bytes: false }
  }
  const isNumber = kind === 'number' || kind === 'boolean'
  if (!isNumber && aggregate.references === undefined && aggregate.takesValue)
    throw unfit(plan, feature, kind)
  const field = fields.field('value')
  const bytes = holdsBytes(field) && aggregate.references !== undefined
  return { feature: i, plan: feature, word: field.word, bytes }
}

function missingInput(plan: SetPlan, feature: string): DefinitionError {
  return new DefinitionError(
    `feature ${plan.name}.${feature} expects an input column; found none. Give the kind of every input`,
  )
}

function unfit(plan: SetPlan, feature: WindowFeaturePlan, kind: ColumnKind): DefinitionError {
  const takes = feature.length === undefined ? 'numbers or booleans' : 'vectors'
  return new DefinitionError(
    `feature ${plan.name}.${feature.name} expects ${takes} for ${feature.aggregate.name}; found ${kind}. Give it a function that returns one`,
  )
}
