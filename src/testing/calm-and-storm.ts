// Runs of one pipeline over the same inputs: one without faults, and any number with, each from its seed, which must come to the same.
import { StateError } from '../base/errors.ts'
import { faultsOf, NO_FAULTS, setupOf } from './faults.ts'
import { difference } from './outcome.ts'
import { runWorld } from './world.ts'
import type { WorldOptions, WorldResult } from './world-options.ts'

/** What is run: all of a world but what a seed decides. */
export type Subject = Omit<WorldOptions, 'seed' | 'setup' | 'faults' | 'tell'>

/** Seeds whose faults never fired are tried again under another; so often at most. */
const ATTEMPTS_MAX = 50
const ATTEMPT = 2 ** 40

/** Behind its last fault a run takes no longer than this many times what one without faults takes, and this much, virtual ms. */
const LIVELY_FACTOR = 4
const LIVELY_MS = 1000

/** A run without faults: what all others are compared with. */
export function calmRun(subject: Subject, seed: number): Promise<WorldResult> {
  return runWorld({ ...subject, seed, setup: setupOf(seed), faults: NO_FAULTS })
}

/**
 * A run with the faults of its seed, at least one of which fired.
 * @throws StateError ML_INTERNAL when its outputs, receipts, examples, counts or states are others than those of the calm run, or when it stands
 * still long after its last fault.
 */
export async function stormRun(
  subject: Subject,
  calm: WorldResult,
  of: { readonly seed: number; readonly tell?: (line: string) => void },
): Promise<WorldResult> {
  const { seed, tell } = of
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const faults = faultsOf(seed + attempt * ATTEMPT, calm.virtualMs)
    const setup = setupOf(seed)
    const run = { ...subject, seed, setup, faults }
    const storm = await runWorld(tell === undefined ? run : { ...run, tell })
    const found = difference(calm.observed, storm.observed)
    if (found !== undefined)
      throw new StateError(
        'ML_INTERNAL',
        `a run with faults must come to the same as one without; with seed ${seed} it does not: ${found}`,
      )
    // Whoever stands still until something times out is late; whoever stands still for good never gets here.
    const atMost = LIVELY_FACTOR * calm.virtualMs + LIVELY_MS
    if (storm.healthyMs > atMost)
      throw new StateError(
        'ML_INTERNAL',
        `a run must come to its end within ${Math.round(atMost)} ms of its last fault; with seed ${seed} it takes ${Math.round(storm.healthyMs)} ms`,
      )
    if (storm.fired.size > 0) return storm
  }
  throw new StateError('ML_INTERNAL', `no fault of seed ${seed} fires: give more events`)
}
