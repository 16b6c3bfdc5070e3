// Which mutants are tried: some of each area, from a seed, so that a second run tries the same.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Prng } from '../../src/base/prng.ts'
import { root } from '../test/tools.ts'
import { areas, type Area } from './areas.ts'
import { mutantsOf, type Mutant } from './mutate.ts'

export interface Chosen {
  readonly area: Area
  readonly mutant: Mutant
}

export interface Choice {
  /** How many, all areas together: from each in proportion to the root of how many it has, so that small ones are not left out. */
  readonly sample: number
  readonly seed: number
  /** Parts of paths; all files where there is none. */
  readonly files: readonly string[]
}

export function chosenMutants({ sample, seed, files }: Choice): Chosen[] {
  const all = areas.map((area) => ({
    area,
    mutants: area.files
      .filter((file) => files.length === 0 || files.some((part) => file.includes(part)))
      .flatMap((file) => mutantsOf(file, readFileSync(join(root, file), 'utf8'))),
  }))
  const roots = all.reduce((sum, { mutants }) => sum + Math.sqrt(mutants.length), 0)
  const prng = new Prng(seed, 17)
  const chosen = all.flatMap(({ area, mutants }) => {
    const count = Math.round((sample * Math.sqrt(mutants.length)) / Math.max(1, roots))
    return shuffled(mutants, prng)
      .slice(0, count)
      .map((mutant) => ({ area, mutant }))
  })
  return shuffled(chosen, prng)
}

function shuffled<Item>(items: readonly Item[], prng: Prng): Item[] {
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) {
    const other = prng.below(i + 1)
    const moved = out[i]
    out[i] = out[other]
    out[other] = moved
  }
  return out
}
