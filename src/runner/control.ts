// The control topic: what was decided on this log, in order. Runs, model versions and where their bytes lie, calls that hung,
// quarantines and who ended them. Every process reads the same events and comes to the same state.
import { setTimeout as sleep } from 'node:timers/promises'
import { oneRecord } from '../base/records.ts'
import { DefinitionError, FencedError } from '../base/errors.ts'
import type { Log } from '../contracts/log.ts'
import type { Origin } from '../contracts/origin.ts'
import type { PlanChange } from '../engine/change/plan-change.ts'
import type { Gap } from '../engine/gap.ts'
import type { Shape } from '../engine/change/shape.ts'
import { readPartition } from '../engine/read-partition.ts'
import { controlTopic } from '../engine/task-names.ts'
import { withLogToRead } from './with-log.ts'

interface Happened {
  readonly pipeline: string
  /** ms of the machine's clock. */
  readonly at: number
}

/** A version of a model: the SHA-256 of its bytes is its name. */
export interface ModelVersion {
  readonly model: string
  readonly digest: string
}

/** A run began. */
export interface RunEvent extends Happened {
  readonly kind: 'run'
  /** Absolute path of the definition. */
  readonly file: string
  /** Digest of the plan, and what it was made from. */
  readonly plan: string
  readonly origin: Origin
  readonly partitions: number
  /** SHA-256 of each model's bytes, by model. */
  readonly models: Readonly<Record<string, string>>
}

/** Bytes of a model, or of anything else that is known by its digest, are in the artefacts topic. */
export interface ArtefactEvent extends Happened {
  readonly kind: 'artefact'
  readonly digest: string
  /** Key of its chunks, which lie at offsets [from, to). */
  readonly upload: string
  readonly from: number
  readonly to: number
  readonly bytes: number
}

/** A call of a model went on beyond its deadline, and its worker was ended. */
export interface HangEvent extends Happened, ModelVersion {
  readonly kind: 'hang'
  readonly stage: string
  readonly task: number
  readonly commit: number
  /** How many rows the call had. */
  readonly rows: number
}

/** A version hung too often: it is not called from here on. */
export interface QuarantineEvent extends Happened, ModelVersion {
  readonly kind: 'quarantine'
  readonly hangs: number
}

/** A person wants a version to be called again. */
export interface ResumeEvent extends Happened, ModelVersion {
  readonly kind: 'resume'
}

/** A plan of another shape became the current one: from here on its tasks begin as it says. */
export interface LayoutEvent extends Happened {
  readonly kind: 'layout'
  /** Digest of the plan. */
  readonly plan: string
  readonly shape: Shape
  /** Null for the first plan of a pipeline on this log. */
  readonly change: PlanChange | null
}

/** A person wants a run to go on without records that are no longer kept. */
export interface GapEvent extends Happened, Gap {
  readonly kind: 'gap'
  /** When the source had read last, ms since 1970; null where it never did. */
  readonly readAt: number | null
}

/** The key of digests, in the place of values that streams redact. */
export interface RedactKeyEvent extends Happened {
  readonly kind: 'redact-key'
  readonly key: string
}

export type ControlEvent =
  | LayoutEvent
  | RunEvent
  | ArtefactEvent
  | HangEvent
  | QuarantineEvent
  | ResumeEvent
  | RedactKeyEvent
  | GapEvent

const WRITER = 'control'
/** How long others may take the name in the middle, again and again, ms. */
const PATIENCE_MS = 30_000
const APART_MS = 20
const APART_MAX_MS = 1_000

/** Of each log, the end of what this process writes to it now: it must not fence itself. */
const underWay = new WeakMap<Log, Promise<void>>()

/** Writes a decision; resolves when it is durable. Another process that took the name in the middle only wanted to say something, too. */
export async function record(log: Log, event: ControlEvent): Promise<void> {
  // Whoever asked for it is told why one failed; the next one is written all the same.
  const written = (underWay.get(log) ?? Promise.resolve()).then(() => recordNow(log, event))
  underWay.set(
    log,
    written.catch(() => undefined),
  )
  return written
}

async function recordNow(log: Log, event: ControlEvent): Promise<void> {
  const topic = controlTopic()
  await log.ensureTopic({ name: topic, partitions: 1 })
  const records = oneRecord(event.at, event.pipeline, JSON.stringify(event))
  const until = performance.now() + PATIENCE_MS
  for (let apart = APART_MS; ; apart = Math.min(2 * apart, APART_MAX_MS)) {
    try {
      const writer = await log.openWriter(WRITER, { fromReserve: true })
      await writer.append([{ topic, partition: 0, records }])
      await writer.close()
      return
    } catch (error) {
      if (!(error instanceof FencedError) || performance.now() > until) throw error
      // Not in step with the other one, or they would fence each other again.
      await sleep(Math.random() * apart)
    }
  }
}

/** Calls `each` for the events from an offset on. @returns the offset after the last. */
export async function readControl(
  log: Log,
  from: number,
  each: (event: ControlEvent, offset: number) => void,
): Promise<number> {
  const topic = controlTopic()
  const info = await log.topic(topic)
  if (info === undefined) return 0
  let next = Math.max(from, info.parts[0].start)
  await readPartition(log, { topic, partition: 0, from: next }, (offset, value) => {
    next = offset + 1
    each(JSON.parse(Buffer.from(value).toString('utf8')), offset)
  })
  return next
}

/** The last run on this log, of that pipeline where one is named; undefined when there was none. */
export async function lastRun(log: Log, pipeline?: string): Promise<RunEvent | undefined> {
  let last: RunEvent | undefined
  await readControl(log, 0, (event) => {
    if (event.kind === 'run' && (pipeline === undefined || event.pipeline === pipeline))
      last = event
  })
  return last
}

/** The layouts a pipeline had on this log, oldest first. */
export async function layoutsOf(log: Log, pipeline: string): Promise<LayoutEvent[]> {
  const layouts: LayoutEvent[] = []
  await readControl(log, 0, (event) => {
    if (event.kind === 'layout' && event.pipeline === pipeline) layouts.push(event)
  })
  return layouts
}

/** The gaps that were accepted for a pipeline, oldest first. */
export async function gapsOf(log: Log, pipeline: string): Promise<GapEvent[]> {
  const gaps: GapEvent[] = []
  await readControl(log, 0, (event) => {
    if (event.kind === 'gap' && event.pipeline === pipeline) gaps.push(event)
  })
  return gaps
}

/** What a plan was made from, by its digest; undefined where no run with it is known. */
export async function originOfPlan(log: Log, plan: string): Promise<Origin | undefined> {
  let origin: Origin | undefined
  await readControl(log, 0, (event) => {
    if (event.kind === 'run' && event.plan === plan) origin = event.origin
  })
  return origin
}

/** The definition that is meant: the one that is named, else the one the log was last run with. */
export async function fileOf(place: {
  readonly file: string | undefined
  readonly log: string
}): Promise<string> {
  if (place.file !== undefined) return place.file
  const run = await withLogToRead(place.log, lastRun)
  if (run !== undefined) return run.file
  throw new DefinitionError(
    `a definition must be named where none was run yet; found no run in ${place.log}; give it with --file FILE, or another log with --log`,
    { code: 'ML_USAGE' },
  )
}
