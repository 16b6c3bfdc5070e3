// node bench/latency/main.ts [--job fraud-windows|flights|none] [--rate 10000] [--seconds 40]: what measure.ts measures. The sources run as they are;
// `npm run bench` takes the built package.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { percentile } from '../percentile.ts'
import { measureLatency } from './measure.ts'

const { values } = parseArgs({
  options: {
    job: { type: 'string', default: 'fraud-windows' },
    rate: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '40' },
    warm: { type: 'string', default: '10' },
  },
})
const rate = Number(values.rate)
const { sorted, cpuMicros } = await measureLatency({
  job: values.job,
  rate,
  seconds: Number(values.seconds),
  warm: Number(values.warm),
  command: [
    process.execPath,
    ...process.execArgv,
    join(import.meta.dirname, '../../src/cli/main.ts'),
  ],
})
console.log(
  `${values.job}: ${rate.toLocaleString('en')} events/s, ${sorted.length.toLocaleString('en')} predictions, ${cpuMicros.toFixed(1)} us of CPU an event`,
)
for (const [name, share] of [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p99', 0.99],
  ['p99.9', 0.999],
  ['worst', 1],
] as const)
  console.log(`${name.padEnd(8)}${`${percentile(sorted, share).toFixed(1)} ms`.padStart(12)}`)
