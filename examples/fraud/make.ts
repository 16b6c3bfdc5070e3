// Plays the outside world: writes payments.jsonl, and reports.jsonl with what is found of each a week later.
//   node examples/fraud/make.ts --to FOLDER [--customers 500] [--days 183] [--seed 1]
//   node examples/fraud/make.ts --to FOLDER --handbook transactions.parquet
import { createWriteStream, mkdirSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readHandbook } from './made/handbook.ts'
import type { MadePayment } from './made/payment.ts'
import { simulatePayments } from './made/simulate.ts'

const REPORTED_AFTER_MS = 7 * 86_400_000

const { values } = parseArgs({
  options: {
    to: { type: 'string' },
    handbook: { type: 'string' },
    customers: { type: 'string', default: '500' },
    days: { type: 'string', default: '183' },
    seed: { type: 'string', default: '1' },
  },
})
if (values.to === undefined) {
  console.error(
    'usage: make.ts --to FOLDER [--customers N] [--days N] [--seed N] [--handbook FILE]',
  )
  process.exit(2)
}
const payments =
  values.handbook === undefined
    ? simulatePayments({
        seed: whole('seed', values.seed),
        customers: whole('customers', values.customers),
        days: whole('days', values.days),
      })
    : await readHandbook(values.handbook)
mkdirSync(values.to, { recursive: true })
await write(join(values.to, 'payments.jsonl'), (payment) => {
  const { id, time, customer, terminal, amount } = payment
  return { id, at: iso(time), customer, terminal, amount }
})
await write(join(values.to, 'reports.jsonl'), ({ id, time, terminal, fraud }) => ({
  payment: id,
  terminal,
  at: iso(time + REPORTED_AFTER_MS),
  fraud,
}))
const frauds = payments.filter(({ fraud }) => fraud).length
console.log(`${values.to}: ${payments.length} payments, ${frauds} of them fraud`)

async function write(path: string, line: (payment: MadePayment) => object): Promise<void> {
  const file = createWriteStream(path)
  for (const payment of payments)
    if (!file.write(`${JSON.stringify(line(payment))}\n`)) await once(file, 'drain')
  file.end()
  await once(file, 'finish')
}

function iso(time: number): string {
  return new Date(time).toISOString()
}

function whole(name: string, text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 0) return number
  console.error(`--${name} must be a whole number; found '${text}'`)
  process.exit(2)
}
