// node bench/flights/main.ts [--limit N]: what measure.ts measures.
import { parseArgs } from 'node:util'
import { measureFlights } from './measure.ts'

const { values } = parseArgs({ options: { limit: { type: 'string' } } })
const { report, floor, restart } = await measureFlights(
  values.limit === undefined ? undefined : Number(values.limit),
)
const { parse, model, write, u, events, bytes } = floor
const line = (what: string, value: string): void =>
  console.log(`${what.padEnd(44)}${value.padStart(12)}`)
line('events', events.toLocaleString('en'))
line('U: JSON.parse, CPU s', parse.toFixed(1))
line('U: ONNX Runtime, batches of 1,024, CPU s', model.toFixed(1))
line(`U: writing and flushing ${(bytes / 1e6).toFixed(0)} MB, CPU s`, write.toFixed(1))
line('U, CPU s', u.toFixed(1))
line('the job, all processes, CPU s', report.cpuSeconds.toFixed(1))
line('the job in U', (report.cpuSeconds / u).toFixed(2))
line('CPU an event, us', ((report.cpuSeconds / events) * 1e6).toFixed(1))
line('wall s', report.wallSeconds.toFixed(1))
line('restart with all state, to the end, wall s', restart.toFixed(1))
line('peak memory, all processes, MB', (report.peakMemoryBytes / 1e6).toFixed(0))
line('on disk at the end, MB', (report.bytesOnDisk / 1e6).toFixed(0))
line('on disk an event, bytes', (report.bytesOnDisk / events).toFixed(0))
line('written an event, bytes', ((report.bytesWritten ?? NaN) / events).toFixed(0))
