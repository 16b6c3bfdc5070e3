// What says how a tree adapts: as a user states it, and as the tree goes by it.
import type { Prng } from '../../../base/prng.ts'
import { checkSetting } from '../../settings.ts'

export interface AdaptiveOptions {
  /** Whether each leaf learns a row as often as a draw of the Poisson distribution of mean 1 says, at least once. Default true. */
  readonly bootstrap?: boolean
  /** What all draws come from. Default 1. */
  readonly seed?: number
  /** Of the detectors, one a node. Default 0.002. */
  readonly driftDelta?: number
  /** Rows that a branch and its alternate must have seen before one of them goes. Default 300. */
  readonly switchRows?: number
  /** Chance that the one that goes was no worse. Default 0.05. */
  readonly switchDelta?: number
}

export interface AdaptiveRules {
  /** Of the detectors. */
  readonly driftDelta: number
  /** Rows that a branch and its alternate must have seen before one of them goes. */
  readonly leastRows: number
  /** Chance that the one that goes was no worse. */
  readonly switchDelta: number
  /** Draws how often a leaf learns a row; undefined: once. */
  readonly bootstrap: Prng | undefined
}

/** All of them stated. @throws DefinitionError where one is not within its bounds. */
export function adaptiveSettings(
  kind: string,
  options: AdaptiveOptions,
): Required<AdaptiveOptions> {
  const { bootstrap = true, seed = 1, driftDelta = 0.002 } = options
  const { switchRows = 300, switchDelta = 0.05 } = options
  checkSetting(kind, 'seed', seed, { whole: true })
  checkSetting(kind, 'driftDelta', driftDelta, { above: 0, below: 1 })
  checkSetting(kind, 'switchRows', switchRows, { atLeast: 1 })
  checkSetting(kind, 'switchDelta', switchDelta, { above: 0, below: 1 })
  return { bootstrap, seed, driftDelta, switchRows, switchDelta }
}

/** @param random what the leaves' draws come from. */
export function adaptiveRules(
  { driftDelta, switchRows, switchDelta, bootstrap }: Required<AdaptiveOptions>,
  random: Prng,
): AdaptiveRules {
  return {
    driftDelta,
    leastRows: switchRows,
    switchDelta,
    bootstrap: bootstrap ? random : undefined,
  }
}
