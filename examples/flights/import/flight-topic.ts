// One topic of the import: events and progress in order, leaving out what an earlier run has written already.
import type { Log } from '../../../src/contracts/log.ts'
import { producer, type Producer } from '../../../src/log/producer.ts'
import { EventBytes } from './event-bytes.ts'
import { isBehind, lastPosition, type Position } from './position.ts'

/** Events that wait for the next progress. */
const ROOM = 4096

export class FlightTopic {
  readonly #producer: Producer
  readonly #events: EventBytes
  /** What was there when this run began. */
  readonly found: Position
  /** Events that this run has written. */
  written = 0

  private constructor(out: Producer, found: Position, last: string) {
    this.#producer = out
    this.found = found
    this.#events = new EventBytes(last, ROOM)
  }

  /** Takes the topic over from an earlier import, which can then write no more, and sees how far it came. */
  static async open(
    log: Log,
    topic: { readonly name: string; readonly partitions: number; readonly lastField: string },
  ): Promise<FlightTopic> {
    const { name, partitions, lastField } = topic
    const out = await producer(log, { topic: name, id: `flights-import-${name}`, partitions })
    return new FlightTopic(out, await lastPosition(log, name), lastField)
  }

  add(event: Parameters<EventBytes['add']>[0]): void {
    if (!isBehind(this.found, event.time, event.row)) return
    this.written++
    this.#events.add(event)
    if (this.#events.full) this.#send()
  }

  /** Resolves when there is room for more. */
  async progress(before: number): Promise<void> {
    if (!isBehind(this.found, before, -1)) return
    this.#send()
    this.#producer.progress(before)
    await this.#producer.ready
  }

  async end(): Promise<void> {
    if (this.found.time === Infinity) return
    this.#send()
    await this.#producer.end()
  }

  /** What was added is durable then. */
  async close(): Promise<void> {
    this.#send()
    await this.#producer.close()
  }

  #send(): void {
    this.#producer.sendMany(this.#events.records)
    this.#events.reset()
  }
}
