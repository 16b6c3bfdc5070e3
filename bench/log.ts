// What the embedded log costs: durable appends by size, throughput with appends under way, reading, and the producer;
// in its own thread of execution and over the socket. Run: node bench/log.ts [folder]. Figures are printed, never asserted.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RecordsBuilder, oneRecord, type Records } from '../src/base/records.ts'
import type { Log } from '../src/contracts/log.ts'
import { openFolder } from '../src/log/embedded/open-folder.ts'
import { producer } from '../src/log/producer.ts'
import { connectLog } from '../src/log/server/connect-log.ts'
import { startLogThread } from '../src/log/server/start-log-thread.ts'
import { cpuMicros } from './cpu.ts'

const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'millrace-bench-'))

function percentile(sorted: readonly number[], of: number): string {
  return `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * of))] * 1000).toFixed(0)} us`
}

async function latency(
  log: Log,
  name: string,
  { records, rounds }: { records: Records; rounds: number },
): Promise<void> {
  const writer = await log.openWriter('latency')
  const times: number[] = []
  for (let i = 0; i < rounds; i++) {
    const begun = performance.now()
    await writer.append([{ topic: 'a', partition: i % 4, records }])
    times.push(performance.now() - begun)
  }
  times.sort((a, b) => a - b)
  console.log(
    `  durable append of ${name}: p50 ${percentile(times, 0.5)}, p99 ${percentile(times, 0.99)}`,
  )
}

async function throughput(
  log: Log,
  name: string,
  options: { records: Records; bytes: number; appends: number; underWay: number },
): Promise<void> {
  const writer = await log.openWriter('throughput')
  const begun = performance.now()
  const cpu = cpuMicros()
  const underWay: Promise<unknown>[] = []
  for (let i = 0; i < options.appends; i++) {
    underWay.push(writer.append([{ topic: 'b', partition: i % 4, records: options.records }]))
    if (underWay.length >= options.underWay) await underWay.shift()
  }
  await Promise.all(underWay)
  const seconds = (performance.now() - begun) / 1000
  const used = cpuMicros() - cpu
  const megabytes = (options.bytes * options.appends) / 1e6
  console.log(
    `  ${name}, ${options.underWay} under way: ${(megabytes / seconds).toFixed(0)} MB/s, ${(options.appends / seconds).toFixed(0)} appends/s, ` +
      `CPU ${(used / 1000 / (megabytes / 1000)).toFixed(0)} ms per GB`,
  )
}

async function reading(log: Log): Promise<void> {
  const begun = performance.now()
  let bytes = 0
  for (let partition = 0; partition < 4; partition++) {
    let offset = (await log.topic('b'))?.parts[partition].start ?? 0
    for (;;) {
      const { runs, next } = await log.read([{ topic: 'b', partition, offset }], {
        maxBytes: 1 << 20,
        maxWaitMs: 0,
      })
      for (const { records } of runs)
        bytes += records.valueEnds[records.count] - records.valueEnds[0]
      if (next[0].offset === offset) break
      offset = next[0].offset
    }
  }
  const seconds = (performance.now() - begun) / 1000
  console.log(
    `  reading ${(bytes / 1e6).toFixed(0)} MB in pieces of 1 MiB: ${(bytes / 1e9 / seconds).toFixed(2)} GB/s`,
  )
}

async function producing(log: Log): Promise<void> {
  const out = await producer(log, { topic: 'c', id: 'bench', partitions: 4 })
  const value = JSON.stringify({
    flight: 123456,
    at: 980000000000,
    origin: 'SFO',
    destination: 'JFK',
    miles: 2586,
  })
  const count = 500_000
  const begun = performance.now()
  for (let i = 0; i < count; i++) {
    if (i % 64 === 0) await out.ready
    out.send({ key: `f${i}`, value, time: i })
  }
  await out.flush()
  const seconds = (performance.now() - begun) / 1000
  console.log(
    `  producer, ${count} records of ${value.length} bytes: ${(count / seconds / 1000).toFixed(0)}k records/s durable`,
  )
}

async function all(log: Log): Promise<void> {
  for (const name of ['a', 'b']) await log.ensureTopic({ name, partitions: 4 })
  await latency(log, 'one record of 200 B', {
    records: oneRecord(0, 'key', 'x'.repeat(200)),
    rounds: 1500,
  })
  await latency(log, '20 kB', { records: oneRecord(0, 'key', 'x'.repeat(20_000)), rounds: 1000 })
  await latency(log, '200 kB', { records: oneRecord(0, 'key', 'x'.repeat(200_000)), rounds: 300 })
  const large = oneRecord(0, '', 'x'.repeat(65_536))
  await throughput(log, '64 KiB in one record', {
    records: large,
    bytes: 65_536,
    appends: 8000,
    underWay: 16,
  })
  const builder = new RecordsBuilder()
  for (let i = 0; i < 650; i++) builder.add(i, `key-${i}`, 'x'.repeat(100))
  await throughput(log, '65 kB in 650 records', {
    records: builder.records(),
    bytes: 65_000,
    appends: 4000,
    underWay: 16,
  })
  await throughput(log, '200 B in one record', {
    records: oneRecord(0, 'k', 'x'.repeat(200)),
    bytes: 200,
    appends: 100_000,
    underWay: 1024,
  })
  await reading(log)
  await producing(log)
}

console.log('in the same thread')
const embedded = await openFolder(join(folder, 'embedded'))
await all(embedded)
console.log(`  written to the device: ${JSON.stringify(embedded.figures)}`)
await embedded.close()

console.log('in a thread of its own, over the socket')
const thread = await startLogThread(join(folder, 'threaded'))
const client = await connectLog(thread.socketPath)
await all(client)
await client.close()
await thread.close()
rmSync(folder, { recursive: true })
