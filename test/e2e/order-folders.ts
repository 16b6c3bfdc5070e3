// Logs with orders in them, and what a run made of those.
import { fileURLToPath } from 'node:url'
import { openLog, producer } from '../../src/index.ts'
import { FIRST, SOURCE_OFFSET, SOURCE_PARTITION } from '../../src/engine/exchange/layout.ts'
import {
  eachReceiptBlock,
  featureColumns,
  outputColumns,
} from '../../src/runner/provenance/receipts.ts'
import { valueAt } from '../../src/schema/event-view.ts'
import { LogPlaces } from './log-places.ts'
import { linesOf, recordsOf, type ReadRecord } from './read-outputs.ts'
import { BAD } from './pipelines/orders.ts'

const START = Date.UTC(2026, 0, 1)

export function definition(
  name:
    | 'hangs'
    | 'hangs-for-ever'
    | 'hangs-keyed'
    | 'slow'
    | 'falls-back'
    | 'swells'
    | 'swells-outside'
    | 'throws'
    | 'trees'
    | 'judged'
    | 'lenient',
): string {
  return fileURLToPath(new URL(`./pipelines/${name}.ts`, import.meta.url))
}

export interface Order {
  readonly id: string
  readonly shop: string
  readonly amount: number
  readonly at: number
}

/** @param bad numbers of those that are bad. */
export function orderOf(i: number, bad: readonly number[]): Order {
  return {
    id: `order-${i}`,
    shop: `shop-${i % 37}`,
    amount: bad.includes(i) ? BAD : 1 + (i % 90),
    at: START + i * 1000,
  }
}

export class OrderFolders {
  readonly #places = new LogPlaces()

  /** A log with that many orders, and no more to come; those named are bad. */
  async of(count: number, bad: readonly number[], partitions = 2): Promise<string> {
    const folder = this.empty()
    await writeOrders(folder, { from: 0, to: count, bad, partitions, end: true })
    return folder
  }

  /** A log with nothing in it. */
  empty(): string {
    return this.#places.empty()
  }

  /** Writes rows to a topic, behind those that are there. */
  async write(
    folder: string,
    of: {
      topic: string
      rows: readonly { at: number }[]
      until: number | 'end'
      partitions?: number
    },
  ): Promise<void> {
    const { log } = await openLog(folder)
    try {
      const out = await producer(log, {
        topic: of.topic,
        id: 'test',
        partitions: of.partitions ?? 2,
      })
      of.rows.forEach((row, i) =>
        out.send({ key: String(i), value: JSON.stringify(row), time: row.at }),
      )
      if (of.until === 'end') await out.end()
      else out.progress(of.until)
      await out.close()
    } finally {
      await log.close()
    }
  }

  remove(): void {
    this.#places.remove()
  }
}

/** Writes orders [from, to); those named are bad. */
export async function writeOrders(
  folder: string,
  orders: {
    readonly from: number
    readonly to: number
    readonly bad: readonly number[]
    readonly partitions: number
    /** Whether no more are to come. */
    readonly end: boolean
  },
): Promise<void> {
  const { log } = await openLog(folder)
  try {
    const { partitions } = orders
    const out = await producer(log, { topic: 'orders', id: 'test', partitions })
    for (let i = orders.from; i < orders.to; i++) {
      const order = orderOf(i, orders.bad)
      out.send({ key: order.shop, value: JSON.stringify(order), time: order.at })
    }
    if (orders.end) await out.end()
    await out.close()
  } finally {
    await log.close()
  }
}

/** Offsets have gaps on some logs: places are told by the number of a record in its partition instead. */
export interface OrderOutputs {
  readonly scores: readonly string[]
  /** Place, features, outputs and outcome of each receipt, in order. */
  readonly receipts: readonly string[]
  readonly deadLetters: readonly string[]
}

export async function orderOutputs(folder: string): Promise<OrderOutputs> {
  const { log } = await openLog(folder)
  try {
    const receipts: string[] = []
    const numberOf = numbersIn(await recordsOf(log, 'orders'))
    await eachReceiptBlock(log, 'orders', (each) => {
      const { block, meta, task } = each
      const partitions = block.column(SOURCE_PARTITION)
      const offsets = block.column(SOURCE_OFFSET)
      const columns = [
        partitions,
        ...featureColumns(each),
        ...outputColumns(each),
        block.column(FIRST + meta.features.length + meta.outputs.length),
      ]
      for (let row = 0; row < block.rows; row++)
        receipts.push(
          [
            task,
            numberOf(Number(valueAt(partitions, row)), Number(valueAt(offsets, row))),
            ...columns.map((column) => valueAt(column, row)),
          ]
            .map(String)
            .join(' '),
        )
    })
    return {
      scores: await linesOf(log, 'scores'),
      receipts,
      deadLetters: (await linesOf(log, 'orders.dead-letters')).map((line) =>
        line.replace(
          /(origin: orders%2F)(\d+)%2F(\d+)/,
          (_, name, partition, offset) =>
            `${name}${partition}%2F${numberOf(Number(partition), Number(offset))}`,
        ),
      ),
    }
  } finally {
    await log.close()
  }
}

/** @returns the number of the record at a place, from 0 in each partition. */
function numbersIn(records: readonly ReadRecord[]): (partition: number, offset: number) => number {
  const numbers = new Map<string, number>()
  const counts = new Map<number, number>()
  for (const { partition, offset } of records) {
    const number = counts.get(partition) ?? 0
    numbers.set(`${partition}/${offset}`, number)
    counts.set(partition, number + 1)
  }
  return (partition, offset) => numbers.get(`${partition}/${offset}`) ?? -1
}
