// The job "fraud-windows" on the embedded log: node bench/fraud-windows/main.ts [--events N] [--partitions N] [--workers N] [--fan N] [--json].
// Runs the built package: npm run build comes first.
import { parseArgs } from 'node:util'
import { measureFraudWindows } from './measure.ts'
import { PAYMENTS } from './payments.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: String(PAYMENTS) },
    partitions: { type: 'string', default: '2' },
    workers: { type: 'string', default: '2' },
    fan: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
const result = await measureFraudWindows({
  events: Number(values.events),
  partitions: Number(values.partitions),
  workers: Number(values.workers),
  fan: Number(values.fan),
})
const { checked } = result
if (values.json) console.log(JSON.stringify(result))
else {
  const line = (what: string, value: string): void => console.log(`${what.padEnd(52)}${value}`)
  line('events', result.events.toLocaleString('en'))
  line('CPU s per million events, from a cold start', result.coldCpu.toFixed(2))
  line('the same between 25 and 95 % of the scores', result.steadyCpu.toFixed(2))
  line('events a second', Math.round(result.perSecond).toLocaleString('en'))
  line('the same between 25 and 95 %', Math.round(result.steadyPerSecond).toLocaleString('en'))
  line('bytes an event: input', result.inputBytes.toFixed(0))
  line('bytes an event: written', result.writtenBytes.toFixed(0))
  line('bytes an event: receipts', result.receiptBytes.toFixed(1))
  line('peak memory, all processes, MB', (result.peakMemoryBytes / 1e6).toFixed(0))
  line('payments without a score, scores too many', `${checked.missing}, ${checked.repeated}`)
  line('wrong scores', checked.wrong === undefined ? 'not compared' : String(checked.wrong))
  line('the greatest distance from the golden score', checked.apart?.toExponential(1) ?? '-')
}
if (checked.missing + checked.repeated + (checked.wrong ?? 0) > 0) process.exitCode = 1
