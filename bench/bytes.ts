// What the bytes of a data folder are spent on: per topic, and per column and encoding of the blocks between tasks and of receipts.
// Run: node bench/bytes.ts FOLDER [TOPIC]. With a topic, only that one's columns. Nothing is written.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { valueBytes } from '../src/base/records.ts'
import type { Log, TopicInfo } from '../src/contracts/log.ts'
import { Block } from '../src/engine/exchange/block.ts'
import { encodingName, ENTRY, HEADER, KINDS, MAGIC } from '../src/engine/exchange/block-format.ts'
import { openLog } from '../src/log/open-log.ts'

const [folder, only] = process.argv.slice(2)
if (folder === undefined) throw new Error('say which folder: node bench/bytes.ts FOLDER [TOPIC]')
const { log } = await openLog(folder)
try {
  const topics = (await log.topics()).toSorted((a, b) => kept(b) - kept(a))
  if (only === undefined) printTopics(topics)
  for (const topic of topics)
    if (topic.name === only || (only === undefined && topic.name.startsWith('_')))
      await printColumns(log, topic)
} finally {
  await log.close()
}

function kept({ parts }: TopicInfo): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0)
}

function printTopics(topics: readonly TopicInfo[]): void {
  row('topic', 'records', 'bytes')
  for (const topic of topics)
    row(
      topic.name,
      String(topic.parts.reduce((sum, { start, end }) => sum + end - start, 0)),
      megabytes(kept(topic)),
    )
  row('all topics', '', megabytes(topics.reduce((sum, topic) => sum + kept(topic), 0)))
  row('on disk, with journal and indexes', '', megabytes(folderBytes(folder)))
}

interface Spent {
  values: number
  marks: number
  readonly encodings: Map<string, number>
}

async function printColumns(from: Log, topic: TopicInfo): Promise<void> {
  const columns: Spent[] = []
  const about = { blocks: 0, rows: 0, heads: 0, state: 0 }
  for (let partition = 0; partition < topic.partitions; partition++) {
    let offset = topic.parts[partition].start
    while (offset < topic.parts[partition].end) {
      const { runs, next } = await from.read([{ topic: topic.name, partition, offset }], {
        maxBytes: 1 << 22,
        maxWaitMs: 0,
      })
      for (const { records } of runs)
        for (let i = 0; i < records.count; i++) count(valueBytes(records, i), columns, about)
      offset = next[0].offset
    }
  }
  if (about.blocks === 0) return
  console.log(`\n${topic.name}: ${about.blocks} records, ${about.rows} rows`)
  row('  heads and directories', '', megabytes(about.heads))
  if (about.state > 0) row('  commits or chunks of snapshots', '', megabytes(about.state))
  columns.forEach(({ values, marks, encodings }, i) => {
    const kinds = [...encodings].map(([name, blocks]) => `${name} ${blocks}`).join(', ')
    const each = (values / about.rows).toFixed(2)
    row(
      `  ${i} (${kinds})`,
      marks === 0 ? each : `${each} + ${(marks / about.rows).toFixed(2)}`,
      megabytes(values + marks),
    )
  })
}

function count(
  value: Uint8Array,
  columns: Spent[],
  about: { blocks: number; rows: number; heads: number; state: number },
): void {
  const view = new DataView(value.buffer, value.byteOffset, value.length)
  about.blocks++
  if (value.length < HEADER || view.getUint32(0, true) !== MAGIC) {
    about.state += value.length
    return
  }
  const block = new Block(value)
  about.rows += block.rows
  let spent = 0
  for (let c = 0; c < block.columnCount; c++) {
    const entry = HEADER + c * ENTRY
    const column = (columns[c] ??= { values: 0, marks: 0, encodings: new Map() })
    const values = view.getUint32(entry + 8, true)
    const marks = view.getUint32(entry + 12, true)
    const name = `${KINDS[value[entry]]} ${encodingName(value[entry], value[entry + 1])}`
    column.values += values
    column.marks += marks
    if (block.rows > 0) column.encodings.set(name, (column.encodings.get(name) ?? 0) + 1)
    spent += values + marks
  }
  about.heads += value.length - spent
}

function folderBytes(path: string): number {
  return readdirSync(path, { withFileTypes: true }).reduce(
    (sum, each) =>
      sum +
      (each.isDirectory()
        ? folderBytes(join(path, each.name))
        : statSync(join(path, each.name)).size),
    0,
  )
}

function row(what: string, middle: string, bytes: string): void {
  console.log(`${what.padEnd(64)}${middle.padStart(14)}${bytes.padStart(12)}`)
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`
}
