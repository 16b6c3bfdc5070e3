// From append to durable prediction: `node bench/latency.ts [--rate 10000] [--seconds 40]`. The flights pipeline with wait: '0ms', fed
// at a steady rate by another process through the log's socket. An event's time begins when it was due to be sent, not when it was:
// a stall of the sender counts (Tene, "How NOT to Measure Latency", 2013). It ends when a reader has the durable prediction.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openLog, producer, type Log, type Producer } from '../src/index.ts'
import { recordText } from '../src/base/records.ts'

const WARM_SECONDS = 10
const TICK_MS = 1
const PARTITIONS = 2
const AIRPORTS = Array.from({ length: 200 }, (_, i) => `A${i}`)

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '40' },
  },
})
const rate = Number(values.rate)
const seconds = Number(values.seconds)

const folder = mkdtempSync(join(tmpdir(), 'millrace-latency-'))
const example = fileURLToPath(new URL('../examples/flights/flights.ts', import.meta.url))
const live = fileURLToPath(new URL('../examples/flights/flights.live.ts', import.meta.url))
const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))

writeFileSync(
  live,
  readFileSync(example, 'utf8')
    .replaceAll("wait: 'forever'", "wait: '0ms'")
    .replaceAll("idle: 'never'", "idle: '1s'"),
)
const flushing = new Set<Producer>()
try {
  await measure()
} finally {
  rmSync(live)
  rmSync(folder, { recursive: true, force: true })
}

async function measure(): Promise<void> {
  const run = spawn(process.execPath, [...process.execArgv, main, 'run', live, '--log', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    const log = await opened()
    const departures = await producer(log, { topic: 'departures', id: 'departures' })
    const landings = await producer(log, { topic: 'landings', id: 'landings' })
    const start = performance.now() + 1000
    const sent = send(start, { departures, landings })
    const latencies = await receive(log, start)
    await sent
    print(latencies)
    await log.close()
  } finally {
    run.kill('SIGINT')
    await new Promise((resolve) => run.once('exit', resolve))
  }
}

/** The log, once the run owns it and has made its topics. */
async function opened(): Promise<Log> {
  for (;;) {
    await sleep(500)
    // Whoever comes first owns the log: that must be the run.
    if (!existsSync(join(folder, 'checkpoint'))) continue
    const { log } = await openLog(folder)
    if (
      (await log.topic('predictions')) !== undefined &&
      (await log.topic('landings')) !== undefined
    )
      return log
    await log.close()
  }
}

/** Half of the events are departures; each departure's number is its id. */
async function send(
  start: number,
  { departures, landings }: { departures: Producer; landings: Producer },
): Promise<void> {
  const total = rate * (WARM_SECONDS + seconds)
  for (let i = 0; i < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - start) / 1000) * rate))
    const now = Date.now()
    const at = new Date(now).toISOString()
    for (; i < due; i++) {
      const origin = AIRPORTS[(i * 7919) % AIRPORTS.length]
      const destination = AIRPORTS[(i * 104_729 + 1) % AIRPORTS.length]
      if (i % 2 === 0)
        departures.send({
          value: JSON.stringify({ id: String(i), at, origin, destination, miles: 100 + (i % 900) }),
          time: now,
        })
      else
        landings.send({
          value: JSON.stringify({
            id: String(i - 1),
            at,
            origin,
            destination,
            delayMinutes: i % 60,
          }),
          time: now,
        })
    }
    flush(departures)
    flush(landings)
    await sleep(TICK_MS)
  }
}

/** At most one at a time: what is due meanwhile goes with the next, as a client that lingers no longer than it must does. */
function flush(out: Producer): void {
  if (flushing.has(out)) return
  flushing.add(out)
  void out.flush().then(() => flushing.delete(out))
}

async function receive(log: Log, start: number): Promise<Float64Array> {
  const wanted = (rate * (WARM_SECONDS + seconds)) / 2
  const latencies = new Float64Array((rate * seconds) / 2)
  let measured = 0
  const from = Array.from({ length: PARTITIONS }, (_, partition) => ({
    topic: 'predictions',
    partition,
    offset: 0,
  }))
  for (let seen = 0; seen < wanted;) {
    const { runs, next } = await log.read(from, { maxBytes: 1 << 20, maxWaitMs: 1000 })
    const now = performance.now()
    next.forEach(({ offset }, i) => (from[i].offset = offset))
    for (const { records } of runs) {
      seen += records.count
      for (let row = 0; row < records.count; row++) {
        const { id } = JSON.parse(recordText(records, row, 'value')) as { id: string }
        const due = start + (Number(id) / rate) * 1000
        if (due >= start + WARM_SECONDS * 1000 && measured < latencies.length)
          latencies[measured++] = now - due
      }
    }
  }
  return latencies.subarray(0, measured)
}

function print(latencies: Float64Array): void {
  const sorted = latencies.toSorted()
  const at = (share: number): string =>
    `${sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1)} ms`
  console.log(
    `${rate.toLocaleString('en')} events/s, ${sorted.length.toLocaleString('en')} predictions`,
  )
  for (const [name, share] of [
    ['p50', 0.5],
    ['p90', 0.9],
    ['p99', 0.99],
    ['p99.9', 0.999],
    ['worst', 1],
  ] as const)
    console.log(`${name.padEnd(8)}${at(share).padStart(12)}`)
}
