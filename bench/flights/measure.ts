// The flights job against the naive floor U, in one run.
// U is CPU time, each part alone: JSON.parse of all events, ONNX Runtime (one thread, batches of 1,024) over all
// feature rows, and writing and flushing the input's bytes. The job is everything: importer, receipts and labels included.
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { cpuMicros } from '../cpu.ts'
import { recordText } from '../../src/base/records.ts'
import type { Log } from '../../src/contracts/log.ts'
import type { RunReport } from '../../src/contracts/run-report.ts'
import { openLog } from '../../src/log/open-log.ts'
import { eachReceiptBlock, featureColumns } from '../../src/runner/provenance/receipts.ts'

const BATCH = 1024
const CHUNK = 1 << 20

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export interface FlightsResult {
  readonly report: RunReport
  readonly floor: Floor
  /** Seconds to start again with all state, to the report. */
  readonly restart: number
}

/** @param limit departures; undefined: all that there are. */
export async function measureFlights(limit: number | undefined): Promise<FlightsResult> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  try {
    const report = job(folder, limit)
    const again = performance.now()
    job(folder, limit)
    const restart = (performance.now() - again) / 1000
    const { log } = await openLog(folder)
    try {
      return { report, floor: await measureFloor(log, folder), restart }
    } finally {
      await log.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function job(folder: string, limit: number | undefined): RunReport {
  const file = join(folder, '..', `${folder.split('/').at(-1)}.json`)
  const rest = limit === undefined ? [] : ['--limit', String(limit)]
  const args = [at('../../examples/flights/start.ts'), '--data', folder, '--report', file, ...rest]
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the job ended with ${status}: ${stderr}`)
  const report: RunReport = JSON.parse(readFileSync(file, 'utf8'))
  rmSync(file)
  return report
}

/** CPU seconds, each part alone on one core. */
export interface Floor {
  readonly parse: number
  readonly model: number
  readonly write: number
  /** The three together. */
  readonly u: number
  readonly events: number
  readonly bytes: number
}

async function measureFloor(log: Log, folder: string): Promise<Floor> {
  const texts = await eventTexts(log)
  const parse = cpu(() => {
    for (const text of texts) JSON.parse(text)
  })
  const bytes = texts.reduce((sum, text) => sum + text.length, 0)
  const write = cpu(() => writeAndFlush(folder, bytes))
  const model = await modelSeconds(log)
  return { parse, model, write, u: parse + model + write, events: texts.length, bytes }
}

async function eventTexts(log: Log): Promise<string[]> {
  const texts: string[] = []
  for (const topic of ['departures', 'landings']) {
    const info = await log.topic(topic)
    for (let partition = 0; partition < (info?.partitions ?? 0); partition++) {
      for (let offset = 0, end = 1; offset < end;) {
        const { runs, next } = await log.read([{ topic, partition, offset }], {
          maxBytes: 1 << 22,
          maxWaitMs: 0,
        })
        for (const { records } of runs) {
          for (let i = 0; i < records.count; i++) {
            const text = recordText(records, i, 'value')
            if (text !== '') texts.push(text)
          }
        }
        ;({ offset, end } = next[0])
      }
    }
  }
  return texts
}

async function modelSeconds(log: Log): Promise<number> {
  const options = {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential' as const,
  }
  const session = await InferenceSession.create(at('../../examples/flights/late.onnx'), options)
  const rows: Float32Array[] = []
  await eachReceiptBlock(log, 'late-flights', (receipts) => {
    if (receipts.meta.model !== 'late') return
    const columns = featureColumns(receipts)
    for (let from = 0; from < receipts.block.rows; from += BATCH) {
      const count = Math.min(BATCH, receipts.block.rows - from)
      const batch = new Float32Array(count * columns.length)
      columns.forEach((column, c) => {
        if (column.kind !== 'number') return
        for (let i = 0; i < count; i++)
          batch[i * columns.length + c] =
            (column.marks?.[from + i] ?? 0) === 0 ? column.values[from + i] : NaN
      })
      rows.push(batch)
    }
  })
  const [input] = session.inputNames
  const [output] = session.outputNames
  const width = 42
  const started = cpuMicros()
  for (const batch of rows)
    await session.run({ [input]: new Tensor('float32', batch, [batch.length / width, width]) }, [
      output,
    ])
  return secondsSince(started)
}

function writeAndFlush(folder: string, bytes: number): void {
  const file = openSync(join(folder, 'floor.bin'), 'w')
  const chunk = Buffer.alloc(CHUNK, 'x')
  for (let written = 0; written < bytes; written += CHUNK) {
    writeSync(file, chunk)
    fdatasyncSync(file)
  }
  closeSync(file)
}

function cpu(work: () => void): number {
  const started = cpuMicros()
  work()
  return secondsSince(started)
}

function secondsSince(started: number): number {
  return (cpuMicros() - started) / 1e6
}
