// A log at work on a recording disk, from a seed: appends to several partitions, large ones, snapshots with trims behind them, retention by size and by
// age, backups, failing flushes, kills with a new owner after each. What it was asked and what it had said is noted with the events.
import type { Prng } from '../../../src/base/prng.ts'
import type { Disk } from '../../../src/contracts/disk.ts'
import type { Append, Writer } from '../../../src/contracts/log.ts'
import { EmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import type { EmbeddedSizes } from '../../../src/log/embedded/options.ts'
import { StillClock, texts } from '../embedded/fixture.ts'
import { compare, readAll, type Call, type Facts } from './facts.ts'
import type { RecordingDisk } from './recording-disk.ts'

const KEPT_MS = 5000
const KEPT_BYTES = 3000
/** More than a record takes beside its value, in a run of its own. */
const RECORD_BYTES = 128
const TOPICS = [
  { name: 'a', partitions: 2 },
  { name: 'b', partitions: 1 },
  { name: 'snapshots', partitions: 1 },
  { name: 'young', partitions: 1, retentionMs: KEPT_MS },
  { name: 'short', partitions: 1, retentionBytes: KEPT_BYTES },
]
const PLACES = TOPICS.flatMap(({ name, partitions }) =>
  Array.from({ length: partitions }, (_, i) => `${name}/${i}`),
)
const BURSTS = 14

export function sizesFor(prng: Prng): EmbeddedSizes {
  return {
    journalBytes: 2048,
    journalFilesMax: 3,
    segmentBytes: 1200,
    reserveBytes: 0,
    preallocate: prng.chance(0.5),
    openFilesMax: 2,
  }
}

export class Workload {
  readonly facts: Facts
  readonly clock = new StillClock()
  readonly #disk: RecordingDisk
  readonly #prng: Prng
  readonly #sizes: EmbeddedSizes
  readonly #through: (disk: Disk) => Disk
  /** Begins every value, so that those of different traces differ. */
  readonly #tag: string
  #number = 0

  /** @param known what is there at the beginning: calls of earlier traces that survived. */
  constructor(
    disk: RecordingDisk,
    of: {
      readonly prng: Prng
      readonly sizes: EmbeddedSizes
      readonly known: Facts
      readonly through: (disk: Disk) => Disk
    },
  ) {
    this.#tag = of.prng.uint32().toString(36)
    this.#disk = disk
    this.#prng = of.prng
    this.#sizes = of.sizes
    this.facts = of.known
    this.#through = of.through
  }

  get #at(): number {
    return this.#disk.events.length
  }

  open(): Promise<EmbeddedLog> {
    return EmbeddedLog.open({
      disk: this.#through(this.#disk.mount()),
      clock: this.clock,
      salt: 77,
      ...this.#sizes,
    })
  }

  /** Lives of owners one after the other; all but the last are killed, wherever they are. */
  async run(lives: number): Promise<void> {
    for (let life = 1; life <= lives; life++) {
      const log = await this.#opened()
      await this.#live(log)
      if (life < lives) this.#disk.kill()
      else await log.close()
    }
  }

  /** Opens, also where that is interrupted, and notes what survived: from now on it is there for certain, the rest never was. */
  async #opened(): Promise<EmbeddedLog> {
    if (this.#at > 0 && this.#prng.chance(0.4)) {
      void this.open().catch(() => undefined)
      await this.#disk.passed(this.#prng.below(4))
      this.#disk.kill()
    }
    const log = await this.open()
    const there = compare(this.facts, await readAll(log), this.#at)
    this.facts.calls.splice(there)
    for (const call of this.facts.calls) call.ackedAt = Math.min(call.ackedAt, this.#at)
    for (const spec of TOPICS) {
      if (this.facts.topics.some(({ name }) => name === spec.name)) continue
      await log.ensureTopic(spec)
      this.facts.topics.push({ ...spec, ackedAt: this.#at })
    }
    return log
  }

  async #live(log: EmbeddedLog): Promise<void> {
    const [first, second] = [await this.#writer(log, 'w'), await this.#writer(log, 'v')]
    for (let burst = 0; burst < BURSTS; burst++) {
      for (let i = this.#prng.below(4); i >= 0; i--)
        void this.#append(this.#prng.chance(0.7) ? first : second)
      if (this.#prng.chance(0.15)) this.clock.time += this.#prng.below(KEPT_MS)
      this.#noteRetention()
      if (this.#prng.chance(0.15)) await this.#snapshot(log, first)
      if (this.#prng.chance(0.05))
        void log.cut().then(
          ({ release }) => release(),
          () => undefined,
        )
      await this.#disk.passed(this.#prng.below(5))
    }
    if (this.#prng.chance(0.3)) this.#disk.failFlushIn = 1 + this.#prng.below(4)
    for (let i = this.#prng.below(6); i > 0; i--) void this.#append(first)
    await this.#disk.passed(this.#prng.below(6))
    this.#disk.failFlushIn = 0
  }

  async #writer(log: EmbeddedLog, id: string): Promise<Writer> {
    const writer = await log.openWriter(id)
    this.facts.writers.push({ id, epoch: writer.epoch, ackedAt: this.#at })
    return writer
  }

  #append(writer: Writer): Promise<void> {
    const places = PLACES.filter(() => this.#prng.chance(0.4))
    if (places.length === 0) places.push(this.#prng.pick(PLACES))
    return this.#put(writer, places, this.#prng.chance(0.05) ? 900 : 40)
  }

  async #put(writer: Writer, places: readonly string[], lengthMax: number): Promise<void> {
    const puts = places.map((place) => ({
      place,
      values: Array.from(
        { length: 1 + this.#prng.below(3) },
        () => `${this.#tag}.${this.#number++}:${'x'.repeat(this.#prng.below(lengthMax))}`,
      ),
    }))
    const call: Call = { puts, time: this.clock.time, sentAt: this.#at, ackedAt: Infinity }
    this.facts.calls.push(call)
    const appends = puts.map(({ place, values }): Append => {
      const [topic, partition] = place.split('/')
      return { topic, partition: Number(partition), records: texts(values) }
    })
    const answer = writer.append(appends)
    await answer.then(
      () => (call.ackedAt = this.#at),
      () => undefined,
    )
  }

  /** As a task does: all that it knows, of any size, in one record; then what came before may go. */
  async #snapshot(log: EmbeddedLog, writer: Writer): Promise<void> {
    await this.#put(writer, ['snapshots/0'], this.#prng.pick([300, 3000, 6000]))
    for (const place of ['snapshots/0', 'a/0']) {
      const [topic, partition] = place.split('/')
      const start = ((await log.topic(topic))?.parts[Number(partition)].end ?? 1) - 1
      await log.trim(topic, Number(partition), start)
      this.facts.starts.push({ place, start, at: this.#at })
    }
  }

  /** Notes how far retention may go from now on. */
  #noteRetention(): void {
    const records = (of: string): { time: number; bytes: number }[] =>
      this.facts.calls.flatMap(({ puts, time }) =>
        puts.flatMap(({ place, values }) =>
          place === of ? values.map(({ length }) => ({ time, bytes: length + RECORD_BYTES })) : [],
        ),
      )
    const young = records('young/0')
    const old = young.findIndex(({ time }) => time >= this.clock.time - KEPT_MS)
    const short = records('short/0')
    let start = short.length
    for (let kept = 0; start > 0 && kept < KEPT_BYTES;) kept += short[--start].bytes
    this.facts.starts.push(
      { place: 'young/0', start: old === -1 ? young.length : old, at: this.#at },
      { place: 'short/0', start, at: this.#at },
    )
  }
}
