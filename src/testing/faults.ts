// What goes wrong in a simulated run, expanded from its seed before anything happens. Each seed turns a part of the faults on
// ("swarm testing", Groce et al., ISSTA 2012): runs with few kinds of faults go deeper into each than runs with all.
import { Prng } from '../base/prng.ts'
import type { TaskStep } from '../contracts/steps.ts'
import { GOOD_NETWORK, type NetworkFaults } from './sim-network.ts'

/** Faults at a moment of virtual time. */
export const TIMED_FAULTS = [
  'workerKilled',
  'secondOwner',
  'newVersion',
  'logKilled',
  'powerLost',
  'powerLostInRecovery',
  'flushFails',
  'diskFull',
] as const
export type TimedFault = (typeof TIMED_FAULTS)[number]

/** Faults of single calls. */
export const CALL_FAULTS = ['delayed', 'duplicated', 'replyLost', 'slowFlush'] as const

/** A worker dies as it reaches a step. */
export const STEP_FAULT = 'killedAtStep'

export type Fault = TimedFault | (typeof CALL_FAULTS)[number] | typeof STEP_FAULT
export const FAULTS: readonly Fault[] = [...TIMED_FAULTS, ...CALL_FAULTS, STEP_FAULT]

/** The steps of tasks, where a process dies, and how often a run of some hundred events reaches each, about. */
const OF_TASKS: Readonly<Record<TaskStep, number>> = {
  'open:fence': 15,
  'open:restore': 15,
  'open:restored': 15,
  'commit:delta': 60,
  'commit:append': 60,
  'commit:acknowledged': 60,
  'snapshot:complete': 3,
  'retain:trim': 2,
  'retain:trimmed': 2,
}

/** These, and the steps of the log in commit, copy and recovery, where the power is cut. */
export const STEPS: ReadonlyMap<string, number> = new Map([
  ...Object.entries(OF_TASKS),
  ['log:write journal', 100],
  ['log:flush journal', 100],
  ['log:flushed journal', 100],
  ['log:create journal', 2],
  ['log:remove journal', 1],
  ['log:create segment', 30],
  ['log:write segment', 40],
  ['log:flush segment', 40],
  ['log:flushed segment', 40],
  ['log:remove segment', 2],
  ['log:create checkpoint', 2],
  ['log:write checkpoint', 2],
  ['log:flush checkpoint', 2],
  ['log:flushed checkpoint', 2],
  ['log:rename checkpoint', 2],
  ['log:flush folder', 4],
  ['log:flushed folder', 4],
  ['recover:create checkpoint', 2],
  ['recover:write checkpoint', 2],
  ['recover:flush checkpoint', 2],
  ['recover:flushed checkpoint', 1],
  ['recover:rename checkpoint', 1],
  ['recover:create journal', 1],
  ['recover:write journal', 1],
  ['recover:flush journal', 1],
  ['recover:flushed journal', 1],
  ['recover:create segment', 1],
  ['recover:write segment', 1],
  ['recover:flush segment', 1],
  ['recover:remove segment', 1],
  ['recover:remove journal', 1],
  ['recover:flush folder', 4],
  ['recover:flushed folder', 4],
])

/** The steps that the fewest runs reach at all: without help nothing would ever die there. */
const RARE: readonly (readonly [label: string, usual: number])[] = [
  ['log:remove journal', 1],
  ['recover:remove journal', 1],
  ['recover:remove journal', 1],
]

/** Virtual ms that a flush of a good disk takes at most. */
export const GOOD_FLUSH_MS = 0.3

export interface Faults {
  /** Until `healedMs`; then it is good, and the disk as fast as any. */
  readonly network: NetworkFaults
  /** Virtual ms. Behind it nothing goes wrong any more but what waited for its moment. */
  readonly healedMs: number
  readonly flushMsMax: number
  /** Kills the process that reaches the step as the `nth`, counted over all processes. */
  readonly steps: readonly { readonly label: string; readonly nth: number }[]
  readonly timed: readonly {
    readonly fault: TimedFault
    readonly atMs: number
    readonly pick: number
  }[]
}

/** How the engine is set up in a run; no result may depend on any of it. */
export interface Setup {
  readonly workers: number
  readonly batchRows: number
  readonly inFlight: number
  readonly laneBytes: number
  readonly snapshotBytes: number
  readonly replayMs: number
  readonly sealRows: number
  /** Records a producer writes at once, at most. */
  readonly chunkMax: number
  /** Virtual ms between two of its appends, at most. */
  readonly gapMsMax: number
  /** Whether each worker has another beside it that keeps copies of its tasks, and takes them over when it dies. */
  readonly standbys: boolean
}

export const NO_FAULTS: Faults = {
  network: GOOD_NETWORK,
  healedMs: 0,
  flushMsMax: GOOD_FLUSH_MS,
  steps: [],
  timed: [],
}

export function setupOf(seed: number): Setup {
  const prng = new Prng(seed, 11)
  return {
    workers: 1 + prng.below(3),
    // What is cut smallest costs the most and says the least: it is the rarest.
    batchRows: prng.pick([
      5, 20, 20, 20, 20, 70, 70, 70, 70, 70, 4096, 4096, 4096, 4096, 4096, 4096,
    ]),
    inFlight: prng.pick([1, 2, 4]),
    laneBytes: prng.pick([512, 8192, 8192, 8192, 1 << 20, 1 << 20]),
    snapshotBytes: prng.pick([256, 4096]),
    replayMs: prng.pick([0, 0, 50, 7 * 86_400_000]),
    chunkMax: prng.pick([15, 60, 60, 60, 150, 150]),
    gapMsMax: prng.pick([1, 4]),
    // So few that most predictions wait in the log.
    sealRows: prng.pick([4, 20, 65_536]),
    standbys: prng.chance(0.3),
  }
}

/** @param spanMs how long the run takes without faults, virtual ms. */
export function faultsOf(seed: number, spanMs: number): Faults {
  const prng = new Prng(seed, 7)
  const on = new Set<Fault>(FAULTS.filter(() => prng.chance(0.35)))
  if (on.size === 0) on.add(prng.pick(FAULTS))
  const chance = (fault: Fault, probability: number): number => (on.has(fault) ? probability : 0)
  const timed = TIMED_FAULTS.filter((fault) => on.has(fault)).flatMap((fault) =>
    Array.from({ length: 1 + prng.below(2) }, () => ({
      fault,
      atMs: prng.next() * spanMs,
      pick: prng.uint32(),
    })),
  )
  const labels = [...STEPS]
  const steps = on.has(STEP_FAULT)
    ? Array.from({ length: 1 + prng.below(4) }, () => {
        const [label, usual] = prng.pick(prng.chance(0.3) ? RARE : labels)
        return { label, nth: 1 + prng.below(usual) }
      })
    : []
  // Recovery is only reached after a crash.
  if (steps.some(({ label }) => label.startsWith('recover:')) && prng.chance(0.7))
    timed.push({ fault: 'powerLost', atMs: prng.next() * spanMs, pick: 0 })
  return {
    network: {
      latencyMsMax: prng.pick([0.1, 0.5, 2]),
      delayed: chance('delayed', 0.01),
      delayMsMax: prng.pick([5, 30]),
      duplicated: chance('duplicated', 0.1),
      replyLost: chance('replyLost', 0.004),
    },
    healedMs: spanMs,
    flushMsMax: on.has('slowFlush') ? 6 : 0.5,
    steps,
    timed,
  }
}
