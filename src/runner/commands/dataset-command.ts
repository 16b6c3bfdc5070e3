// `millrace dataset`.
import { countedText, countText } from '../../base/figures.ts'
import type { Answer, DatasetCommand } from '../../contracts/commands.ts'
import { writeDataset, type ServedDifference } from '../provenance/dataset.ts'

const SHOWN_RANGES = 8

export async function dataset(options: DatasetCommand): Promise<Answer> {
  const report = await writeDataset(options)
  const { as, ranges, served } = report
  const more = ranges.length - SHOWN_RANGES
  return {
    ok: true,
    data: report,
    lines: [
      `${report.file}: ${countText(report.rows)} ${as === 'ideal' ? 'rows for' : 'predictions of'} model ${report.model}, ${countText(report.labelled)} with a label`,
      `  ${countedText(report.features.length, 'feature')} ${as === 'ideal' ? 'as of event time, by the definition as it is now' : 'as served, in the order of the model'}`,
      ...ranges
        .slice(0, SHOWN_RANGES)
        .map(
          ({ topic, partition, first, last }) =>
            `  topic ${topic}, partition ${partition}: offsets ${first} to ${last}`,
        ),
      ...(more > 0 ? [`  and ${countedText(more, 'partition')} more`] : []),
      ...(served === undefined ? [] : [`  ${differenceText(served)}`]),
      `  digest ${report.digest}`,
    ],
  }
}

function differenceText({ same, different, onlyIdeal, onlyServed }: ServedDifference): string {
  const rest = [
    ...(different === 0 ? [] : [`${countText(different)} differ: late or not waited for`]),
    ...(onlyIdeal === 0 ? [] : [`${countText(onlyIdeal)} were not served`]),
    ...(onlyServed === 0
      ? []
      : [`${countText(onlyServed)} were served, and their events are gone`]),
  ]
  return [`${countText(same)} rows are as they were served, bit for bit`, ...rest].join('; ')
}
