// What another definition means for a log, in lines for a person.
import { countText } from '../../base/figures.ts'
import type {
  ChangeReport,
  FeatureFate,
  SetFate,
  StreamFate,
  StreamReach,
} from './change-report.ts'

export function changeLines(report: ChangeReport, log: string): string[] {
  const { streams, stages, sets, models, partial } = report
  if (!report.changes && models.every(({ fate, notes }) => fate === 'keeps' && notes.length === 0))
    return [`CHANGES against ${log}`, '  none in what is kept: the run goes on where it was']
  return [
    `CHANGES against ${log}`,
    ...stages.map((text) => `  stages     ${text}`),
    ...streams.flatMap(streamLines),
    ...sets.flatMap(setLines),
    ...models.flatMap(({ name, fate, notes }) => [
      `  model      ${name}  ${fate}`,
      ...notes.map((note) => `             ${note}`),
    ]),
    ...(partial.length === 0
      ? []
      : [
          `  partial    ${partial.join(', ')}: the input no longer reaches back as far as they count;`,
          '             a run demands --accept-partial',
        ]),
  ]
}

function streamLines({ name, fate, fields, reach }: StreamFate): string[] {
  const head = `  stream     ${name}  ${fate}${reach === undefined ? '' : `, ${reachText(reach)}`}`
  return [head, ...fields.map((text) => `             ${text}`)]
}

function reachText({ removed, oldest }: StreamReach): string {
  if (removed === 0) return 'from its beginning'
  const since = oldest === undefined ? 'nothing is kept' : `from ${new Date(oldest).toISOString()}`
  return `${since}; ${countText(removed)} older records are no longer kept`
}

function setLines({ stage, set, was, features }: SetFate): string[] {
  const head = `  set        ${set} in ${stage}${was === undefined ? '' : `, its state taken over from ${was}`}`
  const width = Math.max(0, ...features.map(({ name }) => name.length))
  return [head, ...features.map((feature) => `             ${featureText(feature, width)}`)]
}

function featureText({ name, fate, what, was, partial }: FeatureFate, width: number): string {
  const renamed = was === undefined ? '' : `  (was ${was})`
  return `${name.padEnd(width)}  ${fate.padEnd(8)}  ${what}${renamed}${partial ? '  PARTIAL' : ''}`
}
