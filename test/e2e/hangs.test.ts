import { afterAll, describe, expect, it } from 'vitest'
import type { Replay } from '../../src/runner/replay.ts'
import type { RunStatus } from '../../src/runner/run-pipeline.ts'
import { askChild, kill, killTree, startChild, workersOf } from './ask-child.ts'
import { definition, OrderFolders, orderOutputs, type OrderOutputs } from './order-folders.ts'

const ORDERS = 600
/** Neighbours, and one in another partition. */
const BAD_ORDERS = [40, 41, 407]

const folders = new OrderFolders()
afterAll(() => folders.remove())

type Definition = Parameters<typeof definition>[0]

function jobOf(name: Definition, log: string, more: object = {}): Parameters<typeof askChild>[0] {
  return { kind: 'run', file: definition(name), log, untilEnd: true, workers: 2, ...more }
}

async function outputsOf(name: Definition, more: object = {}): Promise<OrderOutputs> {
  const log = await folders.of(ORDERS, BAD_ORDERS)
  await askChild(jobOf(name, log, more))
  return orderOutputs(log)
}

/** Without the reason, which says why the row failed. */
function letters({ deadLetters }: OrderOutputs): string[] {
  return deadLetters.map((line) => line.replace(/millrace-reason: .*\n/, ''))
}

describe('a model that never comes back from some rows', () => {
  it(
    'gives every output that a model gives which fails on them, also when kill -9 disturbs the search for them',
    { timeout: 300_000 },
    async () => {
      const failing = await outputsOf('throws')
      const log = await folders.of(ORDERS, BAD_ORDERS)
      let kills = 0
      const restarts: number[] = []
      let status: RunStatus | undefined
      while (status === undefined) {
        // The second life of a supervisor knows nothing of what the first one found and had not committed.
        const { child, result } = startChild(
          jobOf('hangs', log, { batchRows: 32, hangsMax: 20 }),
          (heard) => {
            if (heard.restarts < 2 + kills * 2 || kills >= 3) return
            kills++
            if (kills === 2) killTree(child)
            else kill(workersOf(child).at(-1))
          },
        )
        status = (await result) as RunStatus | undefined
        killTree(child)
        restarts.push(status?.restarts ?? 0)
      }
      expect(kills).toBeGreaterThan(0)
      expect(status.quarantined).toEqual([])
      const hanging = await orderOutputs(log)
      expect(hanging.scores).toHaveLength(ORDERS - BAD_ORDERS.length)
      expect(hanging.scores).toEqual(failing.scores)
      expect(hanging.receipts).toEqual(failing.receipts)
      expect(letters(hanging)).toEqual(letters(failing))
      expect(hanging.deadLetters.join()).toContain('did%20not%20answer%20on%20this%20row')
      const replays = (await askChild({
        kind: 'replay',
        file: definition('hangs'),
        log,
        ids: BAD_ORDERS.map((number) => `shop-${number % 37}`),
      })) as Replay[]
      expect(replays.filter(({ equal }) => !equal)).toEqual([])
      const failed = replays.filter(({ explanation }) => explanation.outcome === 'failed')
      expect(failed).toHaveLength(BAD_ORDERS.length)
    },
  )
})
