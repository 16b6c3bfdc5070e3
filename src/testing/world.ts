// A whole run of a pipeline in one thread and virtual time: log process, producer and workers, which die and return.
// What comes out of it is read from the disk after a last power loss: only what was durable counts.
import { MillraceError, StateError } from '../base/errors.ts'
import { Prng } from '../base/prng.ts'
import { UNWATCHED } from '../contracts/model-calls.ts'
import { openTask, type PipelineParts } from '../engine/open-task.ts'
import { tasksOf, type PipelineTasks } from '../engine/pipeline-tasks.ts'
import { Standbys } from '../engine/standbys.ts'
import { TUNING, type TaskContext } from '../engine/task-context.ts'
import { OPEN } from '../schema/guard.ts'
import { afterPowerLoss } from './after-power-loss.ts'
import { GOOD_FLUSH_MS, type Fault, type TimedFault } from './faults.ts'
import { DOWN_MS, strikeLog } from './log-faults.ts'
import { Scheduler } from './scheduler.ts'
import { inVersion } from './sim-version.ts'
import { produceInputs } from './sim-producer.ts'
import { SimLog } from './sim-log.ts'
import { SimProcess } from './sim-process.ts'
import type { Slot } from './slot.ts'
import { GOOD_NETWORK, type SimConnection } from './sim-network.ts'
import { Trace } from './trace.ts'
import type { WorldOptions, WorldResult } from './world-options.ts'

const RESTART_MS = 20
/** After how many commits there is a new version, at most. */
const NEW_VERSION_COMMITS = 60
/** Errors after which a process is started again; any other ends the run as a finding. */
const RETRIED: ReadonlySet<string> = new Set([
  'ML_CONNECTION',
  'ML_FENCED',
  'ML_FLUSH_FAILED',
  'ML_DISK_FULL',
  'ML_OFFSET_GONE',
])

/** Runs a world to its end. @throws what a task failed with, when no fault explains it; StateError when nothing can go on. */
export async function runWorld(options: WorldOptions): Promise<WorldResult> {
  return new World(options).run()
}

class World {
  readonly #options: WorldOptions
  readonly #scheduler: Scheduler
  readonly #prng: Prng
  readonly #log: SimLog
  readonly #tasks: PipelineTasks
  readonly #parts: PipelineParts
  readonly #slots: Slot[]
  readonly #fired = new Map<Fault, number>()
  readonly #steps = new Map<string, number>()
  readonly #deaths = new Map<string, number>()
  #lastFaultMs = 0
  /** How many new versions there have been. */
  #version = 0
  /** How many of the crashes at phases there have been. */
  #crashed = 0
  #copiesTaken = 0
  #failure: unknown
  #ready = false
  #produced = false
  #over = false
  /** The time after the last input is over. */
  #late = false

  constructor(options: WorldOptions) {
    const { seed, plan, schemas, models, metrics, inputs, partitions, setup, faults } = options
    const sources = new Map([...inputs].map(([stream, parts]) => [stream, parts.length]))
    this.#options = options
    this.#prng = new Prng(seed, 1)
    this.#scheduler = new Scheduler({
      prng: new Prng(seed, 2),
      trace: new Trace(options.tell),
      ...(options.start === undefined ? {} : { start: options.start }),
    })
    this.#log = new SimLog({
      scheduler: this.#scheduler,
      seed,
      ...(options.offsets === undefined
        ? {}
        : {
            sparse: {
              offsets: options.offsets,
              sources: new Set(plan.streams.map(({ topic }) => topic)),
            },
          }),
      flushMsMax: faults.flushMsMax,
      step: (label) => !this.#over && this.#step(label),
      downMs: DOWN_MS,
    })
    this.#tasks = tasksOf(plan, schemas, { partitions, sources })
    this.#parts = {
      plan,
      schemas,
      sources,
      models,
      // A native runtime works in threads of its own.
      calls: { ...UNWATCHED, make: (_, score) => this.#scheduler.outside(score()) },
      metrics,
      guard: options.guard ?? OPEN,
    }
    this.#slots = Array.from({ length: setup.workers }, (_, slot) => ({
      tasks: this.#tasks.tasks.flatMap((__, task) => (task % setup.workers === slot ? [task] : [])),
      process: undefined,
      standby: undefined,
      ended: new Set<number>(),
      finished: false,
      starts: 0,
    }))
  }

  async run(): Promise<WorldResult> {
    const { faults } = this.#options
    this.#log.start()
    this.#prepare()
    for (const { fault, atMs, pick } of faults.timed)
      this.#scheduler.after(atMs, '', () => this.#strike(fault, pick))
    if (faults.flushMsMax > 1) this.#fire('slowFlush')
    this.#scheduler.after(faults.healedMs, '', () => {
      this.#log.disk.faults.flushMsMax = Math.min(faults.flushMsMax, GOOD_FLUSH_MS)
    })
    await this.#scheduler.run(
      () => this.#failure !== undefined || this.#log.failure !== undefined || this.#done(),
      () => this.#waiting(),
    )
    const failure = this.#failure ?? this.#log.failure
    if (failure !== undefined) {
      throw failure instanceof Error
        ? failure
        : new StateError('ML_INTERNAL', 'a simulated task failed with something that is no error')
    }
    const virtualMs = this.#scheduler.monotonic()
    this.#over = true
    const { observed, left } = await afterPowerLoss(this.#log, this.#scheduler, {
      tasks: this.#tasks,
      parts: this.#parts,
      look: this.#options.lookBack === true,
    })
    return {
      observed,
      left,
      traceHash: this.#scheduler.trace.hash,
      virtualMs,
      healthyMs: virtualMs - Math.max(faults.healedMs, this.#lastFaultMs),
      fired: this.#fired,
      steps: this.#steps,
      deaths: this.#deaths,
      copiesTaken: this.#copiesTaken,
    }
  }

  #done(): boolean {
    return this.#produced && (this.#late || this.#slots.every(({ finished }) => finished))
  }

  #waiting(): string {
    return this.#slots
      .map(({ process, ended, tasks }, i) => {
        const left = tasks.filter((task) => !ended.has(task)).join(' ')
        return `worker ${i} (tasks ${left}): ${process?.pending.join(', ') ?? 'dead'}`
      })
      .join('; ')
  }

  #process(name: string, restart: (process: SimProcess, error: unknown) => void): SimProcess {
    const { faults } = this.#options
    return new SimProcess({
      name,
      scheduler: this.#scheduler,
      log: this.#log,
      network: {
        prng: this.#prng,
        faults: () =>
          this.#scheduler.monotonic() < faults.healedMs ? faults.network : GOOD_NETWORK,
        fired: (fault) => this.#fire(fault),
      },
      step: (label) => this.#step(label),
      ended: (process, error) => {
        const code = error instanceof MillraceError ? error.code : undefined
        if (error !== undefined && (code === undefined || !RETRIED.has(code)))
          this.#failure ??= error
        // A log whose flush failed takes nothing any more; whoever sees it first has it started again.
        if (code === 'ML_FLUSH_FAILED' && process.log === this.#log.running)
          this.#log.crash('kill', DOWN_MS)
        restart(process, error)
      },
    })
  }

  /** Makes the topics, then lets producer and workers begin. */
  #prepare(): void {
    const process = this.#process('setup', () => {
      if (this.#ready) return
      this.#scheduler.after(RESTART_MS, 'setup starts', () => this.#prepare())
    })
    process.start(async (log) => {
      for (const spec of this.#tasks.topics) await log.ensureTopic(spec)
      this.#ready = true
      this.#produce()
      for (const slot of this.#slots) this.#work(slot)
    })
  }

  /** Writes the inputs, a chunk of a partition at a time; begins again where the log ends. */
  #produce(): void {
    const process = this.#process('producer', (_, error) => {
      if (this.#produced && error === undefined) return
      this.#scheduler.after(RESTART_MS, 'producer starts', () => this.#produce())
    })
    process.start(async (log) => {
      const reached = (phase: number): void => this.#reached(phase)
      await produceInputs(log, process.clock, { ...this.#options, prng: this.#prng, reached })
      this.#produced = true
      const { forMs } = this.#options
      if (forMs !== undefined)
        this.#scheduler.after(forMs, 'time is over', () => {
          this.#late = true
        })
    })
  }

  /** All inputs of lesser phases are written. */
  #reached(phase: number): void {
    const { crashes = [] } = this.#options
    while (this.#crashed < crashes.length && crashes[this.#crashed] <= phase) {
      this.#crashed++
      this.#log.crash('power', DOWN_MS)
      for (const { process } of this.#slots) process?.kill('by a crash')
      this.#scheduler.trace.note('crash')
    }
  }

  #work(slot: Slot): void {
    const { standby } = slot
    slot.standby = undefined
    slot.ended = new Set()
    if (standby?.process.alive === true) {
      slot.process = standby.process
      standby.promote()
    } else {
      const process = this.#worker(slot)
      slot.process = process
      process.start((log) => this.#runTasks(log, process, { slot }))
    }
    if (this.#options.setup.standbys) this.#stand(slot)
  }

  #stand(slot: Slot): void {
    const process = this.#worker(slot)
    const promoted = Promise.withResolvers<void>()
    slot.standby = { process, promote: promoted.resolve }
    process.start(async (log) => {
      const { clock, signal } = process
      const standbys = new Standbys({ log, clock, signal })
      standbys.keep(slot.tasks.map((task) => this.#tasks.tasks[task].spec))
      await Promise.race([standbys.run(), promoted.promise])
      if (!signal.aborted) await this.#runTasks(log, process, { slot, standbys })
    })
  }

  /** A process that runs the tasks of a slot, or is to. */
  #worker(slot: Slot): SimProcess {
    const index = this.#slots.indexOf(slot)
    return this.#process(`worker ${index}.${++slot.starts}`, (ended, error) => {
      if (slot.standby?.process === ended) {
        slot.standby = undefined
        this.#scheduler.after(RESTART_MS, '', () => {
          if (slot.standby === undefined) this.#stand(slot)
        })
        return
      }
      if (slot.process !== ended) return
      slot.ended = new Set()
      if (ended.signal.aborted && error === undefined && slot.finished) return
      this.#scheduler.after(this.#prng.next() * RESTART_MS, `worker ${index} starts`, () => {
        if (slot.process === ended) this.#work(slot)
      })
    })
  }

  async #runTasks(
    log: SimConnection,
    process: SimProcess,
    { slot, standbys }: { slot: Slot; standbys?: Standbys },
  ): Promise<void> {
    const { batchRows, inFlight, laneBytes, snapshotBytes, replayMs, sealRows } =
      this.#options.setup
    const { clock, steps, signal } = process
    const tuning = { ...TUNING, batchRows, inFlight, laneBytes, snapshotBytes, replayMs, sealRows }
    const context: TaskContext = { log, clock, steps, tuning, signal }
    const parts = this.#partsNow()
    const opened = []
    for (const task of slot.tasks) {
      const plan = this.#tasks.tasks[task]
      const copy = await standbys?.take(plan.spec)
      if (copy !== undefined) this.#copiesTaken++
      opened.push(await openTask({ ...context, copy }, plan, parts))
    }
    await Promise.all(
      opened.map((task, i) =>
        task.run(({ ended }) => {
          if (ended && slot.process === process) this.#taskEnded(slot, slot.tasks[i])
        }),
      ),
    )
    if (slot.process === process) slot.finished = true
  }

  /** What tasks are opened with now: the models in the newest version. */
  #partsNow(): PipelineParts {
    const { models, versions = [] } = this.#options
    if (this.#version === 0 || versions.length === 0) return this.#parts
    const digest = versions[(this.#version - 1) % versions.length]
    const newest = [...models].map(
      ([name, model]) => [name, { ...inVersion(model, digest) }] as const,
    )
    return { ...this.#parts, models: new Map(newest) }
  }

  /** When all tasks came to the end, their processes may go: each has nothing left to do. */
  #taskEnded(slot: Slot, task: number): void {
    slot.ended.add(task)
    const over = this.#slots.every((each) => each.finished || each.ended.size === each.tasks.length)
    if (over) for (const { process } of this.#slots) process?.stop()
  }

  #step(label: string): boolean {
    const reached = (this.#steps.get(label) ?? 0) + 1
    this.#steps.set(label, reached)
    const dies = this.#options.faults.steps.some(
      (each) => each.label === label && each.nth === reached,
    )
    if (!dies) return false
    this.#fire('killedAtStep')
    this.#deaths.set(label, (this.#deaths.get(label) ?? 0) + 1)
    return true
  }

  #strike(fault: TimedFault, pick: number): void {
    if (this.#done()) return
    const slot = this.#slots[pick % this.#slots.length]
    switch (fault) {
      case 'workerKilled':
        if (slot.process?.alive !== true || !this.#ready) {
          this.#later(fault, pick)
          return
        }
        slot.process.kill('by a kill')
        break
      case 'secondOwner':
        // The first one goes on until it finds itself fenced.
        if (slot.process?.alive !== true || slot.finished) {
          this.#later(fault, pick)
          return
        }
        this.#work(slot)
        break
      case 'newVersion':
        // Every worker ends, and starts with the next version; in the middle, where predictions of the one before wait.
        if ((this.#steps.get('commit:acknowledged') ?? 0) < pick % NEW_VERSION_COMMITS) {
          this.#later(fault, pick)
          return
        }
        this.#version++
        for (const { process } of this.#slots) process?.kill('for a new version')
        break
      default:
        strikeLog(fault, {
          log: this.#log,
          scheduler: this.#scheduler,
          prng: this.#prng,
          fired: (each) => this.#fire(each),
        })
        return
    }
    this.#scheduler.trace.note(`fault ${fault}`)
    this.#fire(fault)
  }

  /** Before the workers run, and while one is down, there is nothing to strike. */
  #later(fault: TimedFault, pick: number): void {
    this.#scheduler.after(this.#prng.next() * RESTART_MS, '', () => this.#strike(fault, pick))
  }

  #fire(fault: Fault): void {
    this.#lastFaultMs = this.#scheduler.monotonic()
    this.#fired.set(fault, (this.#fired.get(fault) ?? 0) + 1)
  }
}
