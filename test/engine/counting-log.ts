// A log that counts the bytes that are read from it.
import type {
  EnsureOptions,
  Log,
  ReadFrom,
  ReadOptions,
  ReadResult,
  TopicInfo,
  TopicSpec,
  Writer,
  WriterOptions,
} from '../../src/contracts/log.ts'

export class CountingLog implements Log {
  /** Of keys and values, since it was set to 0. */
  bytes = 0
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  async read(from: readonly ReadFrom[], options: ReadOptions): Promise<ReadResult> {
    const result = await this.#log.read(from, options)
    for (const { records } of result.runs)
      this.bytes += records.valueEnds[records.count] + records.keyEnds[records.count]
    return result
  }

  ensureTopic(spec: TopicSpec, options?: EnsureOptions): Promise<void> {
    return this.#log.ensureTopic(spec, options)
  }

  topics(): Promise<readonly TopicInfo[]> {
    return this.#log.topics()
  }

  topic(name: string): Promise<TopicInfo | undefined> {
    return this.#log.topic(name)
  }

  openWriter(id: string, options?: WriterOptions): Promise<Writer> {
    return this.#log.openWriter(id, options)
  }

  trim(topic: string, partition: number, before: number): Promise<void> {
    return this.#log.trim(topic, partition, before)
  }

  close(): Promise<void> {
    return this.#log.close()
  }
}
