// `millrace explain ID`.
import type { Answer, PredictionCommand } from '../contracts/commands.ts'
import { fileOf } from './control.ts'
import { explain as explainAt } from './explain.ts'
import { explanationLines } from './explanation-text.ts'

export async function explain({ id, ...place }: PredictionCommand): Promise<Answer> {
  const found = await explainAt({ file: await fileOf(place), log: place.log }, id)
  return {
    ok: true,
    data: found,
    lines: found.flatMap((each, i) => [...(i > 0 ? [''] : []), ...explanationLines(each)]),
  }
}
