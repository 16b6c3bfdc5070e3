// What an event costs where there is more of everything: ten times the keys, eight times the partitions, ten times the topics.
import { measureFraudWindows } from '../fraud-windows/measure.ts'
import { costOfTopics } from '../topics/cost.ts'
import { atMost, type Figure, type Measure } from '../run/measure.ts'

const EVENTS = 600_000
const MORE = 1.3

export const growth: Measure = {
  about: 'cost per event as a job grows',
  method: `fraud-windows over ${EVENTS.toLocaleString('en')} payments, CPU between 25 and 95 % of the scores, with 10 times the customers and with 16 partitions in place of 2; the log alone with 1,000 topics in place of 100, the same records`,
  take: async () => {
    const steady = async (more: { fan?: number; partitions?: number }): Promise<number> =>
      (await measureFraudWindows({ events: EVENTS, ...more })).steadyCpu
    const base = await steady({})
    const keys = (await steady({ fan: 10 })) / base
    const partitions = (await steady({ partitions: 16 })) / base
    const topics = (await costOfTopics(1000)) / (await costOfTopics(100))
    const figure = (what: string, measured: number, bound: string): Figure => ({
      what,
      measured,
      unit: 'times',
      aim: atMost(MORE),
      bound,
    })
    return [
      figure('10 x the keys, cost of an event', keys, 'state that no longer fits the caches'),
      figure(
        '8 x the partitions, cost of an event',
        partitions,
        'batches of an eighth of the rows',
      ),
      figure('10 x the topics, cost of a record', topics, 'a file and a few tables for each topic'),
    ]
  },
}
