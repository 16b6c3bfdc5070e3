// A model that is slow for longer than the cluster waits for the end of a transaction, and for a sign of life of a member (T17). What the first
// slow call finds under way is given up by the cluster and done again; by the next ones nothing is; and no task moves.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { readGroup } from '../../src/log/open-membership.ts'
import { killTree, startChild } from '../e2e/ask-child.ts'
import { definition, writeOrders } from '../e2e/order-folders.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { startJavaReader, type JavaReader } from './java-reader.ts'
import { featuresOf, PROTOCOLS } from './protocols.ts'
import { expectScores } from './expect-scores.ts'

const MINUTES = 300_000
const ORDERS = 240
/** Neighbours, and some far from each other. */
const SLOW = [20, 21, 22, 60, 61, 100, 140, 141]
/** Of a transaction and of a session, as the file of properties says. */
const TIMEOUT_MS = 2000

describe.skipIf(!hasKafka).each(PROTOCOLS)(
  'a slow model, on a real Kafka with %s (needs Java 17 and Maven)',
  (_, level) => {
    const root = mkdtempSync(join(tmpdir(), 'millrace-slow-'))
    const config = join(root, 'client.properties')
    /** There while the model is slow: it goes on when it is removed. */
    const slow = join(root, 'slow')
    let broker: KafkaBroker
    let reader: JavaReader
    beforeAll(async () => {
      broker = await startKafka({ features: featuresOf(level) })
      reader = startJavaReader(broker.address)
      writeFileSync(
        config,
        `transaction.timeout.ms=${TIMEOUT_MS}\nsession.timeout.ms=${TIMEOUT_MS}\n`,
      )
    }, MINUTES)
    afterEach(() => vi.unstubAllEnvs())
    afterAll(async () => {
      await reader.close()
      await broker.dispose()
      rmSync(root, { recursive: true })
    })

    it(
      'makes the run do commits again, once, and neither lose nor double anything; its member stays (T17)',
      async () => {
        vi.stubEnv('MILLRACE_KAFKA_CONFIG', config)
        vi.stubEnv('MILLRACE_TEST_SLOW', slow)
        const log = `kafka://${broker.address}/slow.`
        await writeOrders(log, { from: 0, to: ORDERS, bad: SLOW, partitions: 2, end: true })
        const { child, result } = startChild({
          kind: 'run',
          file: definition('slow'),
          log,
          untilEnd: true,
          workers: 1,
          batchRows: 8,
        })
        let isOver = false
        const ended = result.finally(() => (isOver = true))
        /** Transactions that were open when a call became slow. */
        const open: string[][] = []
        try {
          for (; !isOver; await sleep(5)) {
            if (!existsSync(slow)) continue
            const under = await openIn(reader)
            // Until one finds something to break calls are short, and none that count.
            if (under.length > 0 || open.length > 0) open.push(under)
            if (open.length === 1) {
              const before = await readGroup(log, 'orders')
              await reader.noneOpen()
              expect(await readGroup(log, 'orders')).toEqual(before)
            }
            rmSync(slow)
          }
          await ended
        } finally {
          killTree(child)
        }
        expect(open.length).toBeGreaterThan(0)
        expect(open.slice(1).flat()).toEqual([])
        await expectScores(reader, 'slow.scores', { orders: ORDERS, bad: SLOW })
      },
      MINUTES,
    )
  },
)

/** Those of tasks: what a member tells of itself is no part of any call. */
async function openIn(reader: JavaReader): Promise<string[]> {
  return (await reader.transactions())
    .filter(({ id, state }) => state === 'Ongoing' && !id.includes('/member/'))
    .map(({ id }) => id)
}
