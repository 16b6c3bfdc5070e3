// `millrace replay ID`.
import { countText } from '../../base/figures.ts'
import type { Answer, PredictionCommand } from '../../contracts/commands.ts'
import { fileOf } from '../control.ts'
import { replay as replayAt, type Replay } from '../provenance/replay.ts'

export async function replay({ id, ...place }: PredictionCommand): Promise<Answer> {
  const replays = await replayAt({ file: await fileOf(place), log: place.log }, id)
  return {
    ok: replays.every(({ equal, otherPlan }) => equal || otherPlan !== undefined),
    data: replays,
    lines: replays.flatMap(replayLines),
  }
}

function replayLines({ explanation, steps, equal, planDifferences, otherPlan }: Replay): string[] {
  if (otherPlan !== undefined)
    return [
      `prediction ${explanation.id} of model ${explanation.model.name}, made by plan ${otherPlan.slice(0, 16)}`,
      '  not derived again: its features or stages are others; give the file as it was with --file',
    ]
  const said = Object.entries(explanation.outputs).map(
    ([name, value]) => `${name} ${String(value)}`,
  )
  return [
    `prediction ${explanation.id} of model ${explanation.model.name}, derived again from the log`,
    ...steps.map(
      ({ stage, task, commit, bytes, equal: same }) =>
        `  ${same ? 'equal    ' : 'DIFFERENT'} ${stage}, task ${task}, commit ${commit}: ${countText(bytes)} bytes`,
    ),
    ...(planDifferences.length === 0
      ? []
      : [
          '  it was made with another plan than this definition gives: a difference may come from that',
          ...planDifferences.map((difference) => `    ${difference}`),
        ]),
    equal
      ? `  every bit is the same: ${said.join(', ')}`
      : '  the log and the replay differ: see the steps above',
  ]
}
