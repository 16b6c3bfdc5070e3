// Where the time of fraud-windows goes: each part of the work, what V8 and the operating system do beside it, and what the cores have left.
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureFraudWindows } from '../fraud-windows/measure.ts'
import { PAYMENTS } from '../fraud-windows/payments.ts'
import { microsByPart } from '../profile/attribute.ts'
import { origins } from '../profile/origins.ts'
import { partOfFile, REST } from '../profile/parts.ts'
import { ThreadSeconds } from '../profile/thread-seconds.ts'
import type { Figure, Measure } from '../run/measure.ts'

const CORES = Math.min(2, availableParallelism())

export const where: Measure = {
  about: 'where the time of fraud-windows goes',
  method: `fraud-windows again, from a cold start, under V8's own profiler, which makes it slower; samples by the source that the innermost frame comes from, as shares of the CPU of the threads that run JavaScript; CPU of other threads as Linux counts it; idle is what the run left of ${CORES} cores`,
  notHere: () => (platform() === 'linux' ? undefined : 'threads are told apart by /proc'),
  take: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-where-'))
    try {
      const threads = new ThreadSeconds()
      const { coldCpu, perSecond } = await measureFraudWindows({
        events: PAYMENTS,
        nodeOptions: `--cpu-prof --cpu-prof-dir=${folder}`,
        onLook: (pid) => threads.look(pid),
      })
      const originOf = await origins()
      const parts = microsByPart(folder, {
        partOf: (frame) => partOfFile(originOf(frame)),
        rest: REST,
      })
      // Microseconds an event and seconds per million events are the same number.
      return figures(parts, { threads, cpu: coldCpu, wall: 1e6 / perSecond })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

interface Spent {
  readonly threads: ThreadSeconds
  /** Of all processes, us an event. */
  readonly cpu: number
  /** From start to end, us an event. */
  readonly wall: number
}

/** They add up to the last. */
function figures(parts: ReadonlyMap<string, number>, spent: Spent): readonly Figure[] {
  const { threads, cpu, wall } = spent
  const kinds = { js: threads.of('js'), v8: threads.of('v8'), pool: threads.of('pool') }
  const profiler = threads.of('profiler')
  const seen = kinds.js + kinds.v8 + kinds.pool + profiler
  // What the job spent behind the last look goes to all alike.
  const share = (seconds: number): number => (seconds / seen) * cpu
  const samples = [...parts.values()].reduce((sum, us) => sum + us, 0)
  const rows: readonly (readonly [string, number])[] = [
    ...[...parts]
      .map(([part, us]) => [part, (us / samples) * share(kinds.js)] as const)
      .sort((a, b) => b[1] - a[1]),
    ["V8's compilers and collectors, beside it", share(kinds.v8)],
    ['flushes and files, beside it', share(kinds.pool)],
    ['the profiler', share(profiler)],
    ['idle', CORES * wall - cpu],
    [`all of ${CORES} cores, from start to end`, CORES * wall],
  ]
  return rows.map(([part, us]) => ({ what: `where: ${part}`, measured: us, unit: 'us an event' }))
}
