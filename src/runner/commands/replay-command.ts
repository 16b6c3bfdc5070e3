// `millrace replay ID`.
import { countText } from '../../base/figures.ts'
import type { Answer, PredictionCommand } from '../../contracts/commands.ts'
import { fileOf } from '../control.ts'
import { replay as replayAt, type Replay } from '../provenance/replay.ts'
import type { PeriodReplay } from '../provenance/replay-period.ts'

export async function replay({ id, ...place }: PredictionCommand): Promise<Answer> {
  const replays = await replayAt({ file: await fileOf(place), log: place.log }, id)
  return {
    ok: replays.every(({ equal, otherPlan }) => equal || otherPlan !== undefined),
    data: replays,
    lines: replays.flatMap(replayLines),
  }
}

function replayLines(found: Replay | PeriodReplay): string[] {
  const { steps, equal, planDifferences, otherPlan } = found
  const [what, made, said] = wordsOf(found)
  if (otherPlan !== undefined)
    return [
      `${what}, made by plan ${otherPlan.slice(0, 16)}`,
      '  not derived again: its features or stages are others; give the file as it was with --file',
    ]
  return [
    `${what}, derived again from the log`,
    ...steps.map(
      ({ stage, task, commit, bytes, equal: same }) =>
        `  ${same ? 'equal    ' : 'DIFFERENT'} ${stage}, task ${task}, commit ${commit}: ${countText(bytes)} bytes`,
    ),
    ...(planDifferences.length === 0
      ? []
      : [
          `  it was ${made} with another plan than this definition gives: a difference may come from that`,
          ...planDifferences.map((difference) => `    ${difference}`),
        ]),
    equal
      ? `  every bit is the same: ${said}`
      : '  the log and the replay differ: see the steps above',
  ]
}

/** What was derived again, how it came to be, and what it says. */
function wordsOf(
  found: Replay | PeriodReplay,
): readonly [what: string, made: string, said: string] {
  if ('explanation' in found) {
    const { id, model, outputs } = found.explanation
    const said = Object.entries(outputs).map(([name, value]) => `${name} ${String(value)}`)
    return [`prediction ${id} of model ${model.name}`, 'made', said.join(', ')]
  }
  const { topic, partition, offset, key, to, value } = found
  const at = new Date(to).toISOString()
  return [`row ${topic}/${partition}/${offset}, of ${key} until ${at}`, 'told', value]
}
