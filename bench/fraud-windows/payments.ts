// The input of the job: the Fraud Detection Handbook's payments where they are at hand, else payments of the same scheme from a seed.
import { Prng } from '../../src/base/prng.ts'
import { openLog, producer } from '../../src/index.ts'
import { missing, readPayments, ROWS } from '../../test/handbook/golden.ts'

export const PAYMENTS = ROWS
const CUSTOMERS = 4_989
const TERMINALS = 10_000
const START = Date.UTC(2018, 3, 1)
const DAYS = 153
const DAY_MS = 86_400_000
const BATCH = 20_000

type Field = 'id' | 'time' | 'customer' | 'terminal' | 'amount'
export type Columns = Readonly<Record<Field, Float64Array>>

export interface WrittenPayments {
  readonly events: number
  /** Of the values, as JSON. */
  readonly bytes: number
}

/**
 * Writes payments to the topic `transactions` of a log's folder, keyed by their customer, and the end of each partition.
 * @param fan customers that each customer becomes: as many times the payments' keys, at the same times.
 */
export async function writePayments(
  folder: string,
  { events, partitions, fan = 1 }: { events: number; partitions: number; fan?: number },
): Promise<WrittenPayments> {
  const { id, time, customer, terminal, amount } = await paymentColumns()
  const { log } = await openLog(folder)
  const out = await producer(log, { topic: 'transactions', id: 'payments', partitions })
  let bytes = 0
  for (let row = 0; row < events; row++) {
    const who = fan === 1 ? customer[row] : customer[row] + (row % fan) * CUSTOMERS
    const value = `{"id":${id[row]},"time":${time[row]},"customer":${who},"terminal":${terminal[row]},"amount":${amount[row]}}`
    bytes += value.length
    out.send({ key: String(who), time: time[row], value })
    if (row % BATCH === BATCH - 1) await out.flush()
  }
  await out.end()
  await out.close()
  await log.close()
  return { events, bytes }
}

/** All payments there are, by time. */
export async function paymentColumns(): Promise<Columns> {
  return missing ? drawn() : await readPayments()
}

/** As many as the Handbook has, over as long: customers who pay from 0 to 4 times a day, around an amount of their own. */
function drawn(): Columns {
  const random = new Prng(1)
  const usual = Float64Array.from({ length: CUSTOMERS }, () => 5 + random.next() * 95)
  const fields = { id: 0, time: 0, customer: 0, terminal: 0, amount: 0 }
  const columns = Object.fromEntries(
    Object.keys(fields).map((name) => [name, new Float64Array(PAYMENTS)]),
  ) as Record<Field, Float64Array>
  for (let row = 0; row < PAYMENTS; row++) {
    const customer = Math.floor(CUSTOMERS * Math.sqrt(random.next()))
    columns.id[row] = row
    columns.time[row] = START + Math.floor((row / PAYMENTS) * DAYS * (DAY_MS / 1000)) * 1000
    columns.customer[row] = customer
    columns.terminal[row] = random.below(TERMINALS)
    columns.amount[row] = Math.round(usual[customer] * (0.2 + 1.6 * random.next()) * 100) / 100
  }
  return columns
}
