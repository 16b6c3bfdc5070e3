// Card payments by the simulator of the Fraud Detection Handbook (chapter 3, "Transaction data simulator"), from a seed.
import type { MadePayment } from './payment.ts'
import { Prng } from './prng.ts'

export interface SimulateOptions {
  readonly seed: number
  /** The Handbook has 5,000, and twice as many terminals, for 183 days. */
  readonly customers: number
  readonly days: number
}

const DAY_SECONDS = 86_400
const FIRST_DAY = Date.UTC(2018, 3, 1)
const SIDE = 100
/** The Handbook's numbers are of that many terminals. Of fewer, a customer reaches as many, and as large a part is compromised. */
const HANDBOOK_TERMINALS = 10_000
const HANDBOOK_CUSTOMERS = 5_000
const RADIUS = 5
const COMPROMISED_TERMINALS = 2
const COMPROMISED_CUSTOMERS = 3

interface Customer {
  readonly mean: number
  readonly deviation: number
  readonly perDay: number
  /** Terminals within reach. */
  readonly terminals: readonly number[]
}

type Drawn = Omit<MadePayment, 'id'>

/** Payments in the order of their times; those of one second by customer. */
export function simulatePayments(options: SimulateOptions): MadePayment[] {
  const { seed, customers, days } = options
  const random = new Prng(seed)
  const terminals = customers * 2
  const people = drawCustomers(random, customers, terminals)
  const drawn: Drawn[] = []
  for (let day = 0; day < days; day++)
    people.forEach((person, customer) => {
      drawn.push(...paymentsOf(random, person, { customer, day }))
    })
  drawn.sort((a, b) => a.time - b.time || a.customer - b.customer)
  return withFrauds(random, drawn, { customers, terminals, days })
}

function drawCustomers(random: Prng, customers: number, terminals: number): Customer[] {
  const place = (): [x: number, y: number] => [random.between(0, SIDE), random.between(0, SIDE)]
  const places = Array.from({ length: terminals }, place)
  const reach = RADIUS * Math.sqrt(HANDBOOK_TERMINALS / terminals)
  return Array.from({ length: customers }, () => {
    const [x, y] = place()
    const mean = random.between(5, 100)
    const near = places.flatMap(([tx, ty], terminal) =>
      Math.hypot(tx - x, ty - y) < reach ? [terminal] : [],
    )
    return { mean, deviation: mean / 2, perDay: random.between(0, 4), terminals: near }
  })
}

function paymentsOf(
  random: Prng,
  { mean, deviation, perDay, terminals }: Customer,
  { customer, day }: { readonly customer: number; readonly day: number },
): Drawn[] {
  const made: Drawn[] = []
  const count = random.poisson(perDay)
  for (let i = 0; i < count; i++) {
    const second = Math.trunc(random.normal(DAY_SECONDS / 2, 20_000))
    if (second <= 0 || second >= DAY_SECONDS) continue
    const amount = random.normal(mean, deviation)
    if (terminals.length === 0) continue
    made.push({
      time: FIRST_DAY + (day * DAY_SECONDS + second) * 1000,
      customer,
      terminal: terminals[random.below(terminals.length)],
      amount: cents(amount < 0 ? random.between(0, mean * 2) : amount),
      fraud: false,
    })
  }
  return made
}

/**
 * 1: whoever pays more than 220. 2: all at a compromised terminal, for 28 days. 3: of a stolen card a third for 14 days, five times
 * as much.
 */
function withFrauds(
  random: Prng,
  drawn: readonly Drawn[],
  of: { readonly customers: number; readonly terminals: number; readonly days: number },
): MadePayment[] {
  const terminalsPerDay = (COMPROMISED_TERMINALS * of.terminals) / HANDBOOK_TERMINALS
  const customersPerDay = (COMPROMISED_CUSTOMERS * of.customers) / HANDBOOK_CUSTOMERS
  const days = Array.from({ length: of.days }, () => ({
    terminals: random.some(terminalsPerDay, of.terminals),
    customers: random.some(customersPerDay, of.customers),
  }))
  return drawn.map((payment, id) => {
    const day = Math.floor((payment.time - FIRST_DAY) / (DAY_SECONDS * 1000))
    const since = (back: number): typeof days => days.slice(Math.max(0, day - back + 1), day + 1)
    const atTerminal = since(28).some(({ terminals }) => terminals.has(payment.terminal))
    const stolen = since(14).some(({ customers }) => customers.has(payment.customer))
    const byThief = stolen && random.next() < 1 / 3
    const amount = byThief ? cents(payment.amount * 5) : payment.amount
    return { ...payment, id, amount, fraud: payment.amount > 220 || atTerminal || byThief }
  })
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100
}
