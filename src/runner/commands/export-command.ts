// `millrace export`: the records of a topic as a file, partition by partition, in the order of their offsets.
import { DefinitionError } from '../../base/errors.ts'
import { countedText } from '../../base/figures.ts'
import { formatOf } from '../../base/file-format.ts'
import type { Answer, ExportCommand } from '../../contracts/commands.ts'
import type { Log } from '../../contracts/log.ts'
import { writeTopicFile, type Part } from '../copying/topic-file.ts'
import { knownTopic } from '../known-topic.ts'
import { withLogToRead } from '../with-log.ts'

export async function exportTopic(options: ExportCommand): Promise<Answer> {
  const { topic, file } = options
  const { format, gzip } = formatOf(file, options.format)
  if (gzip) {
    throw new DefinitionError(
      `a file is exported as it is; found '${file}'; compress it afterwards`,
      {
        code: 'ML_USAGE',
      },
    )
  }
  return withLogToRead(options.log, async (log) => {
    const parts = await partsOf(log, options)
    const written = await writeTopicFile(log, { ...options, format, parts })
    const rows = written.reduce((sum, { records }) => sum + records, 0)
    return {
      ok: true,
      data: { topic, file, format, records: rows, partitions: written },
      lines: [`${file}: ${countedText(rows, 'record')} of '${topic}'`],
    }
  })
}

async function partsOf(log: Log, options: ExportCommand): Promise<Part[]> {
  const { topic, partition: only, from, to } = options
  const { parts } = await knownTopic(log, topic)
  const all = parts.map(({ start, end }, partition) => ({
    partition,
    from: from !== undefined && 'offset' in from ? Math.max(start, from.offset) : start,
    // What comes while it is written is not in it: both readings see the same.
    to: to !== undefined && 'offset' in to ? Math.min(end, to.offset) : end,
  }))
  const wanted = all.filter(({ partition }) => only === undefined || partition === only)
  if (wanted.length > 0) return wanted
  throw new DefinitionError(
    `a partition of '${topic}' must be from 0 to ${parts.length - 1}; found ${only}`,
    { code: 'ML_USAGE' },
  )
}
