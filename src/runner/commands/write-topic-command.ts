// `millrace topics write`: lines of the standard input as records, byte for byte.
import { DefinitionError } from '../../base/errors.ts'
import { countText } from '../../base/figures.ts'
import type { Answer, TopicWriteCommand } from '../../contracts/commands.ts'
import { producer } from '../../log/producer.ts'
import { openLog } from '../../log/server/open-log.ts'
import { fieldsOf, type FieldNames } from '../event-fields.ts'
import { linesOf } from './lines-of.ts'

export async function writeTopic(options: TopicWriteCommand): Promise<Answer> {
  const { topic, end, partitions, signal } = options
  if (topic.startsWith('_')) {
    throw new DefinitionError(
      `a topic to write to must be your own; found '${topic}': names that begin with '_' are those of Millrace itself`,
      { code: 'ML_USAGE' },
    )
  }
  const { log } = await openLog(options.log)
  try {
    const exists = (await log.topic(topic)) !== undefined
    const out = await producer(log, {
      topic,
      id: `topics-write/${topic}`,
      ...(exists && partitions === undefined ? {} : { partitions: partitions ?? 1 }),
    })
    const fields = new Fields(options)
    let count = 0
    try {
      for await (const { bytes, number } of linesOf(options.input)) {
        if (signal.aborted) break
        await out.ready
        out.send({ value: bytes, ...fields.of(bytes, number) })
        count++
      }
    } catch (error) {
      // What was taken stays: let it be durable before it is said why no more is.
      await out.close()
      throw error
    }
    if (end && !signal.aborted) await out.end()
    await out.close()
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

/**
 * Key and time of events, from the fields that were named. A first line without them means that the names are wrong.
 * A later one is a bad event: it is written without, for the pipeline to set it aside with its reason.
 */
class Fields {
  readonly #names: FieldNames
  #first: string | undefined
  #missing = 0
  #taken = 0

  constructor({ key, time }: TopicWriteCommand) {
    this.#names = { key, time }
  }

  /** Lines that lacked one. */
  get missing(): number {
    return this.#missing
  }

  told(): string {
    return `without key or time: ${countText(this.#missing)}; the first: ${this.#first}`
  }

  /** @throws DefinitionError ML_USAGE */
  of(line: Uint8Array, number: number): { time: number; key?: string } {
    const fields = fieldsOf(line, this.#names, Date.now())
    if ('found' in fields) return this.#without(`line ${number} has ${fields.found}`)
    this.#taken++
    const { time, key } = fields
    return { time, ...(key === undefined ? {} : { key }) }
  }

  #without(found: string): { time: number } {
    if (this.#taken === 0) {
      throw new DefinitionError(
        `the fields that --key and --time name must be in the events; found that ${found}; name other fields, or leave the flags out to write lines as they are`,
        { code: 'ML_USAGE' },
      )
    }
    this.#first ??= found
    this.#missing++
    return { time: Date.now() }
  }
}
