// Several supervisors on a real Kafka take events over HTTP and write to the control topic: each request and each decision is there once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLog } from '../../src/log/open-log.ts'
import type { Log } from '../../src/contracts/log.ts'
import { controlTopic } from '../../src/engine/task-names.ts'
import { readControl, record } from '../../src/runner/control.ts'
import { recordsOf } from '../e2e/read-outputs.ts'
import { HttpRun, json, PAYMENTS } from '../http/run-child.ts'
import { expectOnceFromMany } from '../http/takers.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { shortenTimeouts } from './short-timeouts.ts'

const MINUTES = 300_000

describe.skipIf(!hasKafka)('several supervisors on a real Kafka (needs Java 17 and Maven)', () => {
  let broker: KafkaBroker
  let lengthen: () => void
  const runs: HttpRun[] = []
  beforeAll(async () => {
    lengthen = shortenTimeouts()
    broker = await startKafka()
  }, MINUTES)
  afterAll(async () => {
    lengthen()
    await Promise.all(runs.map((run) => run.kill()))
    await broker.dispose()
  })

  async function withLogs(name: string, use: (logs: readonly Log[]) => Promise<void>) {
    const opened = await Promise.all(
      [0, 1, 2].map(() => openLog(`kafka://${broker.address}/${name}.`)),
    )
    try {
      await use(opened.map(({ log }) => log))
    } finally {
      await Promise.all(opened.map(({ log }) => log.close()))
    }
  }

  it(
    'take each request once, wherever it is sent, with the same answer from all',
    () => withLogs('taken', expectOnceFromMany),
    MINUTES,
  )

  it(
    'write decisions at once, each once',
    () =>
      withLogs('decided', async (logs) => {
        const numbers = Array.from({ length: 12 }, (_, i) => i)
        await Promise.all(
          numbers.map((at) =>
            record(logs[at % logs.length], {
              kind: 'redact-key',
              pipeline: 'p',
              at,
              key: String(at),
            }),
          ),
        )
        // Who wrote something waits until others see it.
        await Promise.all(logs.map((log) => log.topic(controlTopic())))
        const found: number[] = []
        await readControl(logs[0], 0, ({ at }) => found.push(at))
        expect(found.toSorted((a, b) => a - b)).toEqual(numbers)
      }),
    MINUTES,
  )

  it(
    'go on taking events when one of them is killed; what it was sent is sent to another, and is there once',
    async () => {
      const log = `kafka://${broker.address}/http.`
      const start = async (): Promise<HttpRun> => {
        const of = ['--log', log, '--partitions', '2', '--workers', '1', '--http', '0']
        const run = await HttpRun.start([PAYMENTS, ...of])
        runs.push(run)
        return run
      }
      const [first, second] = [await start(), await start()]
      const send = (run: HttpRun, i: number): Promise<{ status: number } | undefined> =>
        run
          .ask(
            '/topics/payments?key=card&time=at',
            json(
              { id: `payment-${i}`, card: `card-${i % 7}`, amount: 5, at: '2026-01-05T10:00:00Z' },
              { 'idempotency-key': `payment ${i}` },
            ),
          )
          // A connection that breaks says nothing about what happened.
          .catch(() => undefined)
      const numbers = Array.from({ length: 30 }, (_, i) => i)
      const answers = numbers.map((i) => send(i % 2 === 0 ? first : second, i))
      await answers[6]
      await first.kill()
      await Promise.all(answers)
      const again = await Promise.all(numbers.map((i) => send(second, i)))
      expect(again.map((answer) => answer?.status)).toEqual(numbers.map(() => 200))
      const { log: opened } = await openLog(log)
      // What is answered as committed may be there for others a moment later.
      while ((await opened.openTransactions?.())?.some(({ writer }) => writer.startsWith('http/')));
      const ids = (await recordsOf(opened, 'payments')).map(({ value }) =>
        String(JSON.parse(value).id),
      )
      await opened.close()
      expect(ids.toSorted()).toEqual(numbers.map((i) => `payment-${i}`).toSorted())
    },
    MINUTES,
  )
})
