// From append to durable prediction, on the embedded log.
import { availableParallelism } from 'node:os'
import { builtCommand } from '../run/built.ts'
import { atMost, type Figure, type Measure } from '../run/measure.ts'
import { measureLatency } from '../latency/measure.ts'
import { percentile } from '../percentile.ts'

const RATES = [
  { rate: 10_000, p50: 3, p99: 10 },
  { rate: 50_000, p50: 5, p99: 25 },
]

export const latency: Measure = {
  about: 'append to durable prediction',
  method:
    'fraud-windows on the embedded log, 2 partitions; fed at a steady rate by another process, through its socket, 20 s after 8 s that do not count; from the moment an event was due',
  take: async () => {
    const figures: Figure[] = []
    for (const { rate, p50, p99 } of RATES) {
      const { sorted, cpuMicros } = await measureLatency({
        job: 'fraud-windows',
        rate,
        seconds: 20,
        warm: 8,
        command: builtCommand(),
      })
      const bound = `${cpuMicros.toFixed(1)} us of CPU an event in batches this small, on ${availableParallelism()} cores that the feeder and the reader use, too`
      for (const [name, share, most] of [
        ['p50', 0.5, p50],
        ['p99', 0.99, p99],
      ] as const)
        figures.push({
          what: `latency at ${rate.toLocaleString('en')} events/s, ${name}`,
          measured: percentile(sorted, share),
          unit: 'ms',
          aim: atMost(most),
          bound,
        })
    }
    return figures
  },
}
