// `millrace explain ID`.
import type { PredictionCommand } from '../../contracts/commands.ts'
import type { Explanation } from '../../contracts/explanation.ts'
import { fileOf } from '../control.ts'
import { explain as explainAt } from '../provenance/explain.ts'

export async function explain({
  id,
  ...place
}: PredictionCommand): Promise<readonly Explanation[]> {
  return explainAt({ file: await fileOf(place), log: place.log }, id)
}
