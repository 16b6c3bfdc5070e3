// The Fraud Detection Handbook's twelve windows over all of its 1,466,282 payments, as one pipeline of two keys on the embedded log:
// `node bench/handbook.ts [payments]`. Says what it costs, and how far its values are from the Handbook's own.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { recordText } from '../src/base/records.ts'
import { openLog, producer, type Log } from '../src/index.ts'
import { FEATURES } from '../test/e2e/pipelines/handbook.ts'
import { missing, readGolden, readPayments, ROWS } from '../test/handbook/golden.ts'

const count = Math.min(ROWS, Number(process.argv[2] ?? ROWS))
const BATCH = 20_000
const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))
const definition = fileURLToPath(new URL('../test/e2e/pipelines/handbook.ts', import.meta.url))

if (missing) throw new Error('the payments are not there; name their folder by MILLRACE_SHARED')
const folder = mkdtempSync(join(tmpdir(), 'millrace-handbook-'))
try {
  const rows = await write(folder)
  const started = performance.now()
  await run(folder)
  const seconds = (performance.now() - started) / 1_000
  console.log(
    `${count} payments through two keys in ${seconds.toFixed(1)} s, ${Math.round(count / seconds)} a second`,
  )
  await compare(folder, rows)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Writes the payments. @returns the row of each id. */
async function write(url: string): Promise<ReadonlyMap<number, number>> {
  const payments = await readPayments()
  const { log } = await openLog(url)
  const out = await producer(log, { topic: 'payments', id: 'handbook', partitions: 1 })
  const rows = new Map<number, number>()
  for (let row = 0; row < count; row++) {
    const { id, time, customer, terminal, amount, fraud } = payments
    rows.set(id[row], row)
    out.send({
      key: String(customer[row]),
      time: time[row],
      value: JSON.stringify({
        id: id[row],
        at: time[row],
        customer: customer[row],
        terminal: terminal[row],
        amount: amount[row],
        fraud: fraud[row] === 1,
      }),
    })
    if (row % BATCH === BATCH - 1) await out.flush()
  }
  await out.end()
  await out.close()
  await log.close()
  return rows
}

async function run(url: string): Promise<void> {
  const args = [...process.execArgv, main, 'run', definition, '--log', url, '--until-end']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const code = await new Promise((done) => child.once('close', done))
  if (code !== 0) throw new Error(`the run ended with ${String(code)}`)
}

async function compare(url: string, rows: ReadonlyMap<number, number>): Promise<void> {
  const golden = await readGolden(FEATURES.map(([, name]) => name))
  const worst = FEATURES.map(() => 0)
  const { log } = await openLog(url, { mustExist: true })
  let compared = 0
  for await (const value of valuesOf(log, 'features')) {
    const row = rows.get(value['id']) ?? -1
    FEATURES.forEach(([name], i) => {
      worst[i] = Math.max(worst[i], Math.abs(value[name] - golden[i][row]))
    })
    compared++
  }
  await log.close()
  console.log(`${compared} rows compared; the greatest difference from the Handbook:`)
  FEATURES.forEach(([name], i) => console.log(`  ${name.padEnd(12)} ${worst[i]}`))
  if (compared !== count || worst.some((each) => !(each < 1e-9))) process.exitCode = 1
}

async function* valuesOf(log: Log, topic: string): AsyncGenerator<Record<string, number>> {
  const info = await log.topic(topic)
  for (let partition = 0; partition < (info?.partitions ?? 0); partition++) {
    for (let offset = 0, end = 1; offset < end;) {
      const from = [{ topic, partition, offset }]
      const { runs, next } = await log.read(from, { maxBytes: 1 << 22, maxWaitMs: 0 })
      for (const { records } of runs)
        for (let i = 0; i < records.count; i++) yield JSON.parse(recordText(records, i, 'value'))
      offset = next[0].offset
      end = next[0].end
    }
  }
}
