// `millrace dataset`.
import { countText } from '../../base/figures.ts'
import type { Answer, DatasetCommand } from '../../contracts/commands.ts'
import { writeDataset } from '../provenance/dataset.ts'

export async function dataset({ file, log, out }: DatasetCommand): Promise<Answer> {
  const report = await writeDataset({ file, log, out })
  return {
    ok: true,
    data: report,
    lines: [
      `${report.file}: ${countText(report.rows)} predictions of model ${report.model}, ${countText(report.labelled)} with a label`,
      `  ${report.features.length} features as served, in the order of the model`,
      ...report.ranges.map(
        ({ topic, partition, first, last }) =>
          `  topic ${topic}, partition ${partition}: offsets ${first} to ${last}`,
      ),
      `  digest ${report.digest}`,
    ],
  }
}
