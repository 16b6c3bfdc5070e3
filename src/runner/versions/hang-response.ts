// What a supervisor does about calls that hang: it keeps them for whoever runs the task next, tells the control topic, and
// quarantines a version that hangs too often. It follows the topic, so that a decision of anybody reaches its workers.
import type { Log } from '../../contracts/log.ts'
import { isOfStage, type TaskPlan } from '../../engine/task-plan.ts'
import { controlTopic } from '../../engine/task-names.ts'
import { readControl, record, type ModelVersion } from '../control.ts'
import { HangLedger, type Hang, type KnownHangs } from './hang-ledger.ts'
import { ModelStates, type VersionState } from './model-state.ts'

/** Calls of one version that may hang before it is quarantined. */
export const HANGS_MAX = 3

export interface HangResponseOptions {
  readonly log: Log
  readonly pipeline: string
  readonly tasks: readonly TaskPlan[]
  /** Digest of each model's bytes, by model. */
  readonly digests: ReadonlyMap<string, string>
  readonly hangsMax: number
  /** Told when other models are quarantined than before. */
  readonly changed: () => void
}

export class HangResponse {
  readonly #options: HangResponseOptions
  readonly #ledger = new HangLedger()
  readonly #states = new ModelStates()
  readonly #stop = new AbortController()
  #next = 0
  #following: Promise<void> = Promise.resolve()
  #told = ''

  private constructor(options: HangResponseOptions) {
    this.#options = options
  }

  /** Knows what the control topic says so far, and goes on following it. */
  static async open(options: HangResponseOptions): Promise<HangResponse> {
    const response = new HangResponse(options)
    await options.log.ensureTopic({ name: controlTopic(), partitions: 1 })
    await response.#refresh()
    response.#following = response.#follow().catch(noted)
    return response
  }

  /** The versions of this run that are not called. */
  get quarantined(): VersionState[] {
    const { pipeline, digests } = this.#options
    return this.#states
      .quarantined(pipeline)
      .filter(({ model, digest }) => digests.get(model) === digest)
  }

  /** What hung in these tasks. */
  of(tasks: readonly number[]): KnownHangs[] {
    return this.#ledger.of(tasks)
  }

  /** Takes note of a call that hung; resolves when it is known what that means for the next one. */
  async hung(hang: Hang): Promise<void> {
    const { log, pipeline, tasks, digests, hangsMax } = this.#options
    const plan = tasks[hang.task]
    if (!this.#ledger.add(hang) || !isOfStage(plan)) return
    const model = plan.stage.models[hang.model].name
    const version: ModelVersion = { model, digest: digests.get(model) ?? '' }
    const { stage, number } = plan.spec
    await record(log, {
      kind: 'hang',
      pipeline,
      ...version,
      stage,
      task: number,
      commit: hang.commit,
      rows: hang.rows.length,
      at: Date.now(),
    })
    await this.#refresh()
    const { hangs, quarantinedAt } = this.#states.of(pipeline, version)
    if (hangs <= hangsMax || quarantinedAt !== undefined) return
    await record(log, { kind: 'quarantine', pipeline, ...version, hangs, at: Date.now() })
    await this.#refresh()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#following
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const from = [{ topic: controlTopic(), partition: 0, offset: this.#next }]
      await this.#options.log.read(from, { maxBytes: 1, maxWaitMs: Infinity, signal })
      if (!signal.aborted) await this.#refresh()
    }
  }

  async #refresh(): Promise<void> {
    await readControl(this.#options.log, this.#next, (event, offset) => {
      // Two may read at a time; each event counts once.
      if (offset < this.#next) return
      this.#next = offset + 1
      this.#states.apply(event)
    })
    const now = this.quarantined.map(({ model }) => model).join()
    if (now === this.#told) return
    this.#told = now
    this.#options.changed()
  }
}

function noted(): void {
  // A log that cannot be read ends the workers too, and with them the run.
}
