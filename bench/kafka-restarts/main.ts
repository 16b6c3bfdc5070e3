// node bench/kafka-restarts/main.ts [--rounds 3] [--members 2] [--partitions 4] [--rate 400] [--standby 0] [--unnamed] [--endings restarted,killed]: what measure.ts measures, on a Kafka of
// its own, which needs Java 17 and Maven. On the built package: npm run build.
import { parseArgs } from 'node:util'
import { startKafka } from '../../test/kafka/broker.ts'
import { percentile } from '../percentile.ts'
import { builtCommand } from '../run/built.ts'
import { measureRestarts, type Ending } from './measure.ts'

const ENDINGS: readonly Ending[] = ['restarted', 'replaced', 'killed', 'lost']

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    members: { type: 'string', default: '2' },
    partitions: { type: 'string', default: '4' },
    rate: { type: 'string', default: '400' },
    standby: { type: 'string', default: '0' },
    unnamed: { type: 'boolean', default: false },
    endings: { type: 'string', default: ENDINGS.join(',') },
  },
})
const endings = ENDINGS.filter((ending) => values.endings.split(',').includes(ending))
const broker = await startKafka()
try {
  const pauses = await measureRestarts({
    url: `kafka://${broker.address}/`,
    partitions: Number(values.partitions),
    members: Number(values.members),
    rate: Number(values.rate),
    standbys: Number(values.standby),
    named: !values.unnamed,
    endings: Array.from({ length: Number(values.rounds) }, () => endings).flat(),
    command: builtCommand(),
  })
  for (const ending of endings) {
    const of = pauses.filter((each) => each.ending === ending)
    console.log(
      `${ending.padEnd(10)} ${textOf(
        'its partitions',
        of.flatMap(({ own }) => own),
      )}; ${textOf(
        'the others',
        of.flatMap(({ others }) => others),
      )}`,
    )
  }
} finally {
  await broker.dispose()
}

function textOf(whose: string, pauses: readonly number[]): string {
  const sorted = pauses.toSorted((a, b) => a - b)
  const seconds = (share: number): string => (percentile(sorted, share) / 1000).toFixed(2)
  return `${whose}: p50 ${seconds(0.5)} s, p99 ${seconds(0.99)} s of ${sorted.length}`
}
