// Faults of the log's process and of its disk, at a moment of virtual time.
import type { Prng } from '../base/prng.ts'
import type { Fault, TimedFault } from './faults.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimLog } from './sim-log.ts'

/** How long a log is away that was killed, and a disk full, virtual ms. */
export const DOWN_MS = 10

/** Those of a disk and of the process of a log. */
export type LogFault = Exclude<TimedFault, 'workerKilled' | 'secondOwner' | 'newVersion'>

/** @param fired told what struck. */
export function strikeLog(
  fault: LogFault,
  of: { log: SimLog; scheduler: Scheduler; prng: Prng; fired: (fault: Fault) => void },
): void {
  const { log, scheduler, prng, fired } = of
  const { faults } = log.disk
  if (fault === 'logKilled') log.crash('kill', DOWN_MS)
  else if (fault === 'powerLost') log.crash('power', DOWN_MS)
  else if (fault === 'flushFails') faults.failFlushIn = 1
  else if (fault === 'diskFull') {
    faults.capacity = 0
    scheduler.after(DOWN_MS, 'disk has room', () => {
      faults.capacity = Infinity
    })
  } else {
    log.crash('power', 0)
    scheduler.after(prng.next() * 2, '', () => {
      if (log.opening) fired(fault)
      log.crash('power', DOWN_MS)
    })
    return
  }
  scheduler.trace.note(`fault ${fault}`)
  fired(fault)
}
