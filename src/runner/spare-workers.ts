// Workers that are started before it is known what they are to do: they load their code, the definition and what its models need while the supervisor makes
// the log ready, which takes it as long.
import { availableParallelism } from 'node:os'
import { isKafkaUrl } from '../log/kafka/kafka-url.ts'
import type { PrepareJob } from './messages.ts'
import { startWorker, type StartedWorker } from './start-worker.ts'
import { closeSlot } from './versions/call-slot.ts'

/** A machine may have many more cores than the run has tasks, which is not known yet. */
const SPARES_MOST = 4

/** How many a run has at most, where so many are wanted. */
export function workersOf(wanted: number | undefined): number {
  return wanted ?? availableParallelism()
}

export class SpareWorkers {
  readonly #spares: StartedWorker[]
  readonly #start: () => StartedWorker

  /** For a run that is being prepared. Whoever has them closes them. */
  constructor(
    run: { readonly file: string; readonly log: string; readonly workers: number | undefined },
    start: () => StartedWorker = startWorker,
  ) {
    const { file, log, workers } = run
    const job: PrepareJob = { kind: 'prepare', file, reach: isKafkaUrl(log) ? log : undefined }
    this.#start = start
    this.#spares = Array.from({ length: Math.min(workersOf(workers), SPARES_MOST) }, start)
    for (const { child } of this.#spares) {
      // One that cannot start, or dies, is not taken; whoever is started in its place says why.
      child.on('error', () => {})
      child.send(job, () => {})
    }
  }

  /** One that is alive; a new one where none is left. */
  take(): StartedWorker {
    for (let spare = this.#spares.pop(); spare !== undefined; spare = this.#spares.pop()) {
      const { exitCode, signalCode, connected } = spare.child
      if (exitCode === null && signalCode === null && connected) return spare
      closeSlot(spare.descriptor)
    }
    return this.#start()
  }

  /** Ends those that nobody took: they have done nothing. */
  close(): void {
    for (const { child, descriptor } of this.#spares.splice(0)) {
      child.kill('SIGKILL')
      closeSlot(descriptor)
    }
  }
}
