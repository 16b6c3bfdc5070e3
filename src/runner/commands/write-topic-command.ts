// `millrace topics write`: lines of the standard input as records, byte for byte.
import { MillraceError } from '../../base/errors.ts'
import { countedText, countText } from '../../base/figures.ts'
import type { Answer, TopicWriteCommand } from '../../contracts/commands.ts'
import { producer } from '../../log/producer.ts'
import { openLog } from '../../log/open-log.ts'
import { linesOf } from '../../connectors/file/lines-of.ts'
import { checkOwnTopic } from '../copying/copy-source.ts'
import { NamedFields } from '../copying/event-places.ts'

export async function writeTopic(options: TopicWriteCommand): Promise<Answer> {
  const { topic, end, partitions, signal } = options
  checkOwnTopic(topic)
  const { log } = await openLog(options.log)
  try {
    const exists = (await log.topic(topic)) !== undefined
    const out = await producer(log, {
      topic,
      id: `topics-write/${topic}`,
      ...(exists && partitions === undefined ? {} : { partitions: partitions ?? 1 }),
    })
    const fields = new NamedFields(options)
    let count = 0
    try {
      for await (const { bytes, number } of linesOf(options.input)) {
        if (signal.aborted) break
        await out.ready
        out.send({ value: bytes, ...fields.of(bytes, `line ${number}`, count === 0) })
        count++
      }
      if (end && !signal.aborted) await out.end()
      await out.close()
    } catch (error) {
      // What was taken stays: let it be durable before it is said why no more is. Where that fails, `durable` says how much is, and
      // the first error why.
      await out.close().catch(() => {})
      throw stoppedAt(error, { topic, lines: count, durable: out.durable })
    }
    const ended = end && !signal.aborted
    return {
      ok: true,
      data: { topic, records: count, ended, withoutFields: fields.missing },
      lines: [
        `${countText(count)} records are durable in '${topic}'${ended ? ', which has ended' : ''}`,
        ...(fields.missing === 0 ? [] : [`  ${fields.told()}`]),
      ],
    }
  } finally {
    await log.close()
  }
}

/** The error, and what of the input is in the topic: whoever writes the rest must know where it begins. */
function stoppedAt(
  error: unknown,
  {
    topic,
    lines,
    durable,
  }: { readonly topic: string; readonly lines: number; readonly durable: number },
): unknown {
  if (!(error instanceof MillraceError) || lines === 0) return error
  const { code, message, details, retryable } = error
  const first = `the first ${countedText(durable, 'line is', 'lines are')} durable in '${topic}'`
  const said =
    durable === lines
      ? first
      : `${first}; of ${countText(lines - durable)} behind them it is not known`
  return new MillraceError(code, `${message}; ${said}`, {
    details: { ...details, durable, lines },
    cause: error,
    retryable,
  })
}
