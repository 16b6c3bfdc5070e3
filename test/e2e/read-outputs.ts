// All that a run of the flights example wrote, as lines: what a user reads, byte by byte, and receipts and examples,
// row by row. Of these only the places of receipts are left out, which are those of commits; that they lead to
// the right receipt is checked instead.
import { recordText } from '../../src/base/records.ts'
import type { Log } from '../../src/contracts/log.ts'
import {
  FIRST,
  KEY,
  MERGE_TIME,
  SOURCE_OFFSET,
  SOURCE_PARTITION,
  TIME,
} from '../../src/engine/exchange/layout.ts'
import { openLog } from '../../src/log/open-log.ts'
import type { RunStatus } from '../../src/runner/run-status.ts'
import { eachExampleBlock, exampleAt } from '../../src/runner/provenance/examples-of.ts'
import {
  eachReceiptBlock,
  featureColumns,
  outputColumns,
} from '../../src/runner/provenance/receipts.ts'
import { valueAt } from '../../src/schema/event-view.ts'

const PIPELINE = 'late-flights'
const TOPICS = [
  'predictions',
  'warnings',
  `${PIPELINE}.dead-letters`,
  'departures.late',
  'landings.late',
] as const

export interface Receipt {
  readonly id: string
  /** What the model saw and said, and which event it was. */
  readonly line: string
}

export interface Outputs {
  readonly topics: Readonly<Record<(typeof TOPICS)[number], readonly string[]>>
  /** In the order of tasks, and of each task's rows. */
  readonly receipts: readonly Receipt[]
  readonly examples: readonly string[]
  /** Examples whose receipt is not there or is that of another flight. */
  readonly astray: readonly string[]
}

export async function readOutputs(folder: string): Promise<Outputs> {
  const { log } = await openLog(folder)
  try {
    const topics = { ...EMPTY }
    for (const topic of TOPICS) topics[topic] = await linesOf(log, topic)
    const { receipts, places } = await receiptsOf(log)
    return { topics, receipts, ...(await examplesOf(log, places)) }
  } finally {
    await log.close()
  }
}

const EMPTY: Record<(typeof TOPICS)[number], string[]> = {
  predictions: [],
  warnings: [],
  [`${PIPELINE}.dead-letters`]: [],
  'departures.late': [],
  'landings.late': [],
}

export interface ReadRecord {
  readonly partition: number
  readonly offset: number
  readonly time: number
  readonly key: string
  readonly value: string
  readonly headers: string
}

/** Every record of a topic, partition by partition. */
export async function recordsOf(log: Log, topic: string): Promise<ReadRecord[]> {
  const found: ReadRecord[] = []
  const info = await log.topic(topic)
  for (let partition = 0; partition < (info?.partitions ?? 0); partition++) {
    for (let offset = 0, end = 1; offset < end;) {
      const from = [{ topic, partition, offset }]
      const { runs, next } = await log.read(from, { maxBytes: 1 << 22, maxWaitMs: 0 })
      for (const { records, offsets } of runs) {
        for (let i = 0; i < records.count; i++) {
          const [key, value, headers] = (['key', 'value', 'headers'] as const).map((part) =>
            recordText(records, i, part),
          )
          found.push({ partition, offset: offsets[i], time: records.times[i], key, value, headers })
        }
      }
      offset = next[0].offset
      end = next[0].end
    }
  }
  return found
}

/** Every record of a topic: partition, time, key, value and headers. */
export async function linesOf(log: Log, topic: string): Promise<string[]> {
  return (await recordsOf(log, topic)).map(
    ({ partition, time, key, value, headers }) => `${partition} ${time} ${key} ${value} ${headers}`,
  )
}

async function receiptsOf(log: Log): Promise<{ receipts: Receipt[]; places: Map<string, string> }> {
  const receipts: Receipt[] = []
  /** Ids by task, commit and row. */
  const places = new Map<string, string>()
  await eachReceiptBlock(log, PIPELINE, (receipt) => {
    const { block, task } = receipt
    const columns = [
      ...[MERGE_TIME, TIME, SOURCE_PARTITION, SOURCE_OFFSET].map((index) => block.column(index)),
      ...featureColumns(receipt),
      ...outputColumns(receipt),
      block.column(FIRST + receipt.meta.features.length + receipt.meta.outputs.length),
    ]
    const key = block.column(KEY)
    for (let row = 0; row < block.rows; row++) {
      const id = String(valueAt(key, row))
      places.set(`${task}/${block.commit}/${row}`, id)
      receipts.push({ id, line: columns.map((column) => String(valueAt(column, row))).join(' ') })
    }
  })
  return { receipts, places }
}

async function examplesOf(
  log: Log,
  places: ReadonlyMap<string, string>,
): Promise<{ examples: string[]; astray: string[] }> {
  const examples: string[] = []
  const astray: string[] = []
  await eachExampleBlock(log, PIPELINE, {
    model: 'late',
    each: (block) => {
      const mergeTimes = block.numbers(MERGE_TIME)
      for (let row = 0; row < block.rows; row++) {
        const { receipt, ...example } = exampleAt(block, row)
        const line = `${mergeTimes[row]} ${JSON.stringify(example)}`
        examples.push(line)
        const place = receipt && `${receipt.task}/${receipt.commit}/${receipt.row}`
        const found = place === undefined ? example.outcome : places.get(place)
        if (found !== (place === undefined ? 'orphaned' : example.id)) astray.push(line)
      }
    },
  })
  return { examples, astray }
}

/** Counts of all stages of a kind, summed. */
export function countsOf(
  { stages }: RunStatus,
  of: RunStatus['stages'][number]['kind'],
): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const { kind, counts } of stages)
    if (kind === of)
      for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count
  return sum
}

/** Where two lists differ first, and how long they are; undefined where they are equal. */
export function firstDifference(a: readonly string[], b: readonly string[]): string | undefined {
  const at = a.findIndex((line, i) => line !== b[i])
  if (at < 0 && a.length === b.length) return undefined
  const place = at < 0 ? a.length : at
  return `line ${place} of ${a.length} and ${b.length}: ${a[place]} | ${b[place]}`
}

/** What differs between the outputs of two runs with as many partitions: nothing may. */
export function differences(a: Outputs, b: Outputs): string[] {
  const own = ({ topics, receipts, examples }: Outputs): Record<string, readonly string[]> => ({
    ...topics,
    receipts: receipts.map(({ id, line }) => `${id} ${line}`),
    examples,
  })
  const others = own(b)
  return Object.entries(own(a)).flatMap(([name, lines]) => {
    const difference = firstDifference(lines, others[name])
    return difference === undefined ? [] : [`${name}: ${difference}`]
  })
}
