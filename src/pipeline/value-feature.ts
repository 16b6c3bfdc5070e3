// Features that are a value of an event, its own or the newest of its key, checked and turned into their plans.
import { checkFunction, checkKeep, checkOptions, refuse } from './check.ts'
import { kindOf } from './event-columns.ts'
import type { PlannedFeature } from './feature.ts'
import { selectorOf } from './selectors.ts'
import { WINDOW_OPTIONS } from './window.ts'
import type { Named, Said } from './window-feature.ts'

type Of = (event: never) => unknown

export function valueFeature(
  { name, part, columns }: Named,
  of: Of,
  options: Said = {},
): PlannedFeature {
  checkFunction(part, 'its value', of)
  checkOptions(part, options, ['kind'])
  const select = selectorOf(of)
  const gives = kindOf(part, select, { stated: options.kind, columns })
  return { plan: { kind: 'value', name, of: select, gives }, needsMs: 0 }
}

export function lastFeature(
  { name, part, columns }: Named,
  of: Of,
  options: Said = {},
): PlannedFeature {
  checkFunction(part, 'its value', of)
  const window = WINDOW_OPTIONS.find((option) => option in options)
  if (window !== undefined) {
    refuse(
      part,
      `last has no window, because one value a key is all it keeps; found '${window}'; write keep: '1d' for how long it holds, ` +
        'or take f.first, which has a window',
    )
  }
  checkOptions(part, options, ['kind', 'keep'])
  const select = selectorOf(of)
  const gives = kindOf(part, select, { stated: options.kind, columns })
  const { keep } = options
  const needsMs = keep === undefined ? undefined : checkKeep(part, keep)
  const keepMs = needsMs === Infinity ? undefined : needsMs
  return { plan: { kind: 'last', name, of: select, gives, keepMs }, needsMs }
}
