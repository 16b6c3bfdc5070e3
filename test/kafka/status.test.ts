// What an operator sees of several supervisors on a real Kafka, in status and in /metrics.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StatusReport } from '../../src/contracts/status.ts'
import { statusOf } from '../e2e/ask-child.ts'
import { HttpRun, json, PAYMENTS } from '../http/run-child.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'
import { until } from './until.ts'

const MINUTES = 300_000

describe.skipIf(!hasKafka)('two supervisors on a real Kafka (needs Java 17 and Maven)', () => {
  let broker: KafkaBroker
  const runs: HttpRun[] = []
  beforeAll(async () => {
    broker = await startKafka()
  }, MINUTES)
  afterAll(async () => {
    await Promise.all(runs.map((run) => run.kill()))
    await broker.dispose()
  })

  it(
    'tell how far they and their copies are, how many they are and how often tasks moved, each the same as the other',
    async () => {
      const log = `kafka://${broker.address}/seen.`
      for (const member of ['a', 'b']) {
        const of = ['--log', log, '--partitions', '2', '--workers', '1', '--http', '0']
        runs.push(await HttpRun.start([PAYMENTS, ...of, '--standby', '1', '--member', member]))
      }
      const events = Array.from({ length: 20 }, (_, i) =>
        JSON.stringify({ id: `p-${i}`, card: `c-${i}`, amount: 5, at: '2026-01-05T10:00:00Z' }),
      )
      for (const event of events)
        await runs[0].ask('/topics/payments?key=card&time=at', json(JSON.parse(event)))

      const stateful = (report: StatusReport): StatusReport['tasks'] =>
        report.tasks.filter(({ kind }) => kind !== 'source')
      const place = { file: PAYMENTS, log }
      let report = await statusOf(place)
      await until(async () => {
        report = await statusOf(place)
        return (
          report.events === events.length &&
          // Behind the last record of each partition lies the mark of its transaction, which nobody takes.
          report.tasks.every(({ lag }) => lag === 0) &&
          stateful(report).every(({ copies }) => copies.length === 1 && copies[0].behind === 0)
        )
      })
      expect(report.members?.map(({ name, copiesBehind }) => [name, copiesBehind])).toEqual([
        ['a', 0],
        ['b', 0],
      ])
      for (const { member, copies, restoring } of stateful(report)) {
        expect(new Set([member, copies[0].member])).toEqual(new Set(['a', 'b']))
        expect(restoring).toBeUndefined()
      }
      // What the log says already, workers tell their supervisor a moment later.
      const figures = await Promise.all(
        runs.map((run) =>
          run.askUntil(
            '/metrics',
            ({ text }) =>
              seriesOf(text, 'millrace_lag_records').every((lag) => lag.endsWith(' 0')) &&
              figureOf(text, 'millrace_rebalances_total') === report.rebalances,
          ),
        ),
      )
      for (const { text } of figures) {
        expect(figureOf(text, 'millrace_members')).toBe(2)
        expect(figureOf(text, 'millrace_open_transactions')).toBeGreaterThanOrEqual(0)
        expect(figureOf(text, 'millrace_open_transaction_seconds')).toBeGreaterThanOrEqual(0)
      }
      const all = (name: string): string[] => figures.flatMap(({ text }) => seriesOf(text, name))
      expect(all('millrace_lag_records').length).toBeGreaterThan(0)
      expect(all('millrace_copy_behind_records')).toHaveLength(stateful(report).length)
    },
    MINUTES,
  )
})

/** Lines of a figure with labels. */
function seriesOf(text: string, name: string): string[] {
  return text.match(new RegExp(`^${name}\\{.*`, 'gm')) ?? []
}

function figureOf(text: string, name: string): number {
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? NaN)
}
