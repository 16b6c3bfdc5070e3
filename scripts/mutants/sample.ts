// Which mutants are tried: some of each area. Each has a rank of its own, so that a change of the sources changes the sample only where they
// changed: what was found out of the others stays true.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../test/tools.ts'
import { areas, type Area } from './areas.ts'
import { mutantsOf, parses, type Mutant } from './mutate.ts'

export interface Chosen {
  readonly area: Area
  readonly mutant: Mutant
}

export interface Choice {
  /** How many, all areas together: from each in proportion to the root of how many it has, so that small ones are not left out. */
  readonly sample: number
  /** Of the ranks. */
  readonly seed: number
  /** Parts of paths; all files where there is none. Of those, what the sample of all files has. */
  readonly files: readonly string[]
}

interface Ranked {
  readonly mutant: Mutant
  readonly text: string
  readonly rank: string
}

export function chosenMutants({ sample, seed, files }: Choice): Chosen[] {
  const all = areas.map((area) => ({
    area,
    ranked: area.files
      .flatMap((file) => rankedOf(file, seed))
      .sort((a, b) => (a.rank < b.rank ? -1 : 1)),
  }))
  const roots = all.reduce((sum, { ranked }) => sum + Math.sqrt(ranked.length), 0)
  return all
    .flatMap(({ area, ranked }) => {
      const count = Math.round((sample * Math.sqrt(ranked.length)) / roots)
      return firstThatParse(ranked, count).map((each) => ({ area, ...each }))
    })
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .filter(({ mutant }) => files.length === 0 || files.some((part) => mutant.file.includes(part)))
    .map(({ area, mutant }) => ({ area, mutant }))
}

/** By what it changes and into what, wherever in the file that stands; of equal ones by which of them it is. */
function rankedOf(file: string, seed: number): Ranked[] {
  const text = readFileSync(join(root, file), 'utf8')
  const lines = text.split('\n')
  const seen = new Map<string, number>()
  return mutantsOf(file, text).map((mutant) => {
    const { operator, was, becomes, line } = mutant
    const what = JSON.stringify([file, lines[line - 1].trim(), operator, was, becomes])
    const which = seen.get(what) ?? 0
    seen.set(what, which + 1)
    const rank = createHash('sha256').update(`${seed} ${which} ${what}`).digest('hex')
    return { mutant, text, rank }
  })
}

/** Some do not, as `a ?? b || c`: no bug that anybody could make. */
function firstThatParse(ranked: readonly Ranked[], count: number): Ranked[] {
  const chosen: Ranked[] = []
  for (const each of ranked) {
    if (chosen.length === count) break
    if (parses(each.text, each.mutant)) chosen.push(each)
  }
  return chosen
}
