// The jobs whose latency is measured: what runs, what it is fed, and which output belongs to which event.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { modelFile } from '../fraud-windows/golden.ts'

/** An event of a topic; its number in the feed says when it was due. */
export interface Event {
  readonly topic: string
  readonly key: string | undefined
  readonly value: string
}

export interface LatencyJob {
  /** Undefined where nothing runs: what is read is what was fed. */
  readonly definition: string | undefined
  readonly env: Readonly<Record<string, string>>
  readonly topics: readonly string[]
  readonly output: string
  /** Events for each output. */
  readonly perOutput: number
  /** Event number i of the feed, of the time `now`, ms since 1970. */
  event(i: number, now: number): Event
  /** Number of the event that an output belongs to. */
  numberOf(output: string): number
  dispose(): void
}

export const JOBS: Readonly<Record<string, (folder: string) => LatencyJob>> = {
  'fraud-windows': fraudWindows,
  flights,
  none,
}

const CUSTOMERS = 4_989

/** What the log, the feeder and the reader take on their own, through one flush: nothing that runs can be faster. */
function none(folder: string): LatencyJob {
  return { ...fraudWindows(folder), definition: undefined, env: {}, output: 'transactions' }
}

/** One stage, that of bench/fraud-windows: nine features of a customer's payments through 100 trees. */
function fraudWindows(folder: string): LatencyJob {
  return {
    definition: fileURLToPath(new URL('../fraud-windows/pipeline.ts', import.meta.url)),
    env: { MODEL: modelFile(folder) },
    topics: ['transactions'],
    output: 'scores',
    perOutput: 1,
    event: (i, now) => {
      // As if drawn: in turn, all customers would need room for one more event in the same second.
      const customer = ((Math.imul(i ^ (i >>> 7), 0x9e37_79b1) ^ i) >>> 0) % CUSTOMERS
      return {
        topic: 'transactions',
        key: String(customer),
        value: `{"id":${i},"time":${now},"customer":${customer},"terminal":${(i * 31) % 10_000},"amount":${(100 + (i % 9900)) / 100}}`,
      }
    },
    numberOf: (output) => Number.parseInt(output.slice('{"id":'.length), 10),
    dispose: () => undefined,
  }
}

const AIRPORTS = Array.from({ length: 200 }, (_, i) => `A${i}`)

/** Four tasks one behind the other, with wait: '0ms': examples/flights. Half of the events are departures, whose number is their id. */
function flights(): LatencyJob {
  const example = fileURLToPath(new URL('../../examples/flights/flights.ts', import.meta.url))
  const live = fileURLToPath(new URL('../../examples/flights/flights.live.ts', import.meta.url))
  writeFileSync(
    live,
    readFileSync(example, 'utf8')
      .replaceAll("wait: 'forever'", "wait: '0ms'")
      .replaceAll("idle: 'never'", "idle: '1s'"),
  )
  return {
    definition: live,
    env: {},
    topics: ['departures', 'landings'],
    output: 'predictions',
    perOutput: 2,
    event: (i, now) => {
      const at = new Date(now).toISOString()
      const origin = AIRPORTS[(i * 7919) % AIRPORTS.length]
      const destination = AIRPORTS[(i * 104_729 + 1) % AIRPORTS.length]
      const value =
        i % 2 === 0
          ? { id: String(i), at, origin, destination, miles: 100 + (i % 900) }
          : { id: String(i - 1), at, origin, destination, delayMinutes: i % 60 }
      return {
        topic: i % 2 === 0 ? 'departures' : 'landings',
        key: undefined,
        value: JSON.stringify(value),
      }
    },
    numberOf: (output) => Number((JSON.parse(output) as { id: string }).id),
    dispose: () => rmSync(live),
  }
}
