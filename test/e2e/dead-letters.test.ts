import { afterAll, describe, expect, it } from 'vitest'
import { headerValue } from '../../src/base/records.ts'
import type { Answer } from '../../src/contracts/commands.ts'
import { openLog } from '../../src/index.ts'
import { askChild, kill, killTree, startChild } from './ask-child.ts'
import { definition, OrderFolders } from './order-folders.ts'
import { BAD } from './pipelines/orders.ts'
import { recordsOf } from './read-outputs.ts'

const START = Date.UTC(2026, 0, 1)
const ORDERS = 30
/** Orders whose amounts are texts: one so early that it is late by the end, one that is not. */
const TEXTS = new Set([3, 26])
/** The order on which the model throws. */
const THROWN = 28

const folders = new OrderFolders()
afterAll(() => folders.remove())

describe('dead letters that are tried again', () => {
  it(
    'are appended once, whatever is killed or repeated, after it is said what is lost',
    { timeout: 240_000 },
    async () => {
      const log = await ordersRun()
      const retry = (file: string, more: { yes?: boolean; dryRun?: boolean } = {}): Retry =>
        askRetry({ ...more, file: definition(file === 'throws' ? 'throws' : 'lenient'), log })

      // As long as the definition does not take them, they stay.
      const unmended = await retry('throws', { dryRun: true })
      expect(unmended.data).toMatchObject({ letters: 3, unfit: 2, open: 1, again: 1 })

      const refused = await retry('lenient')
      expect(refused.ok).toBe(false)
      expect(refused.data).toMatchObject({
        letters: 3,
        open: 3,
        unfit: 0,
        late: { 'orders.late': 1 },
        again: 1,
        windows: [{ feature: 'shop.orders1h', takes: 2, over: 0 }],
        retried: 0,
      })
      expect(refused.lines.join('\n')).toContain('say --yes')
      expect(await retriedIn(log)).toEqual([])

      // Killed at any moment, and two at once.
      for (const ms of [300, 900, 1500]) {
        const { child, result } = startChild(task({ yes: true, file: definition('lenient'), log }))
        result.catch(() => undefined)
        const killer = setTimeout(() => kill(child.pid), ms)
        await result.catch(() => undefined)
        clearTimeout(killer)
        killTree(child)
      }
      const both = await Promise.allSettled([
        retry('lenient', { yes: true }),
        retry('lenient', { yes: true }),
      ])
      expect(both.map(({ status }) => status)).toContain('fulfilled')
      const origins = ['order-26', 'order-28', 'order-3']
      expect(await retriedIn(log)).toEqual(origins)
      const again = await retry('lenient', { yes: true })
      expect(again.data).toMatchObject({ letters: 3, retriedBefore: 3, open: 0, retried: 0 })
      expect(await retriedIn(log)).toEqual(origins)

      await askChild({ kind: 'run', file: definition('lenient'), log, workers: 1, untilEnd: true })
      expect(await countsOf(log)).toEqual({ scores: ORDERS - 1, 'orders.late': 1 })
      const list = { kind: 'letters', file: undefined, log, limit: 9, showValues: false } as const
      const listed = (await askChild(list)) as Answer
      expect(listed.data).toMatchObject([{ retried: true }, { retried: true }, { retried: true }])
    },
  )

  /** A log on which all orders went through `throws`. */
  async function ordersRun(): Promise<string> {
    const log = folders.empty()
    const rows = Array.from({ length: ORDERS }, (_, i) => ({
      id: `order-${i}`,
      shop: `shop-${i % 3}`,
      amount: TEXTS.has(i) ? String(i) : i === THROWN ? BAD : i,
      at: START + i * 1000,
    }))
    await folders.write(log, { topic: 'orders', rows, until: 'end', partitions: 1 })
    await askChild({ kind: 'run', file: definition('throws'), log, workers: 1, untilEnd: true })
    return log
  }
})

type Retry = Promise<Answer>

interface Asked {
  readonly file: string
  readonly log: string
  readonly yes?: boolean
  readonly dryRun?: boolean
}

function task({ yes = false, dryRun = false, ...place }: Asked) {
  return { kind: 'retry' as const, reason: undefined, yes, dryRun, ...place }
}

async function askRetry(asked: Asked): Retry {
  return (await askChild(task(asked))) as Answer
}

/** Ids of the orders that the records come from that were dead letters, sorted. */
async function retriedIn(place: string): Promise<string[]> {
  const { log } = await openLog(place)
  const records = await recordsOf(log, 'orders')
  await log.close()
  const ids = new Map(
    records.flatMap(({ offset, value }): [string, string][] =>
      value === '' ? [] : [[`orders/0/${offset}`, String(JSON.parse(value).id)]],
    ),
  )
  return records
    .map(({ headers }) => headerValue(headers, 'millrace-retried'))
    .filter((origin) => origin !== undefined)
    .map((origin) => ids.get(origin) ?? origin)
    .sort()
}

async function countsOf(place: string): Promise<Record<string, number>> {
  const { log } = await openLog(place)
  const counts: Record<string, number> = {}
  for (const topic of ['scores', 'orders.late'])
    counts[topic] = (await recordsOf(log, topic)).length
  await log.close()
  return counts
}
