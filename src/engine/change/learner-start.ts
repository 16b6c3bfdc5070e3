// How tasks begin after a change where models learn: the one that learns, and those that predict with what it has learnt.
import type { Log } from '../../contracts/log.ts'
import { laneToJson, type LaneJson } from '../commit-record.ts'
import type { LanePosition } from '../exchange/lane.ts'
import { toldIn } from '../operators/learner-body.ts'
import { lastCommit, restore } from '../recovery.ts'
import type { TaskSpec } from '../task-spec.ts'
import { tasksOfStage } from '../scale.ts'
import type { Cut } from './cut.ts'
import { laneAt, lanesFrom, sameLanes } from './lanes-before.ts'
import type { SeedPart } from './seed.ts'
import type { LearnerShape, Shape } from './shape.ts'
import type { TaskStart } from './task-start.ts'

export interface LearnerStartOf {
  readonly was: LearnerShape | undefined
  readonly is: LearnerShape
  /** Writers of rows that are there now and were not: lanes of theirs may have ended. */
  readonly begins: readonly number[]
}

/**
 * A learner goes on as it is: undefined. Where other tasks write what it learns from, it goes on with their lanes. Where that has other
 * features than before, or comes from elsewhere, it begins behind what is there: that does not have what it needs.
 */
export async function learnerStart(
  log: Log,
  task: TaskSpec,
  { was, is, begins }: LearnerStartOf,
): Promise<TaskStart | undefined> {
  const fromRows = is.rows === true
  const goesOn = was !== undefined && sameTopics(was, is)
  if (goesOn && sameLanes(was.inputs, is.inputs) && (!fromRows || begins.length === 0))
    return undefined
  const last = await lastCommit(log, task)
  if (goesOn && last !== undefined) {
    const lanes = lanesFrom(last, { was: was.inputs, is: is.inputs, begins, model: is.model })
    const parts = [
      { stage: task.stage, task: 0, commit: last.number, regions: [['', '']] as const },
    ]
    return { after: last.number, seed: { parts, counts: last.counts }, lanes }
  }
  const lanes: LaneJson[] = []
  for (const { topic, writers } of is.inputs) {
    const info = await log.topic(topic)
    for (let writer = 0; writer < writers; writer++) {
      const offset = info?.parts[writer]?.end ?? 0
      lanes.push(laneToJson({ offset, row: 0, bound: -Infinity, idle: false }))
    }
  }
  // Its snapshots are numbered on.
  const regions = [['learner', 'learner']] as const
  const { stage } = task
  const parts = last === undefined ? [] : [{ stage, task: 0, commit: last.number, regions }]
  return { after: last?.number ?? 0, seed: { parts, counts: last?.counts ?? [] }, lanes }
}

function sameTopics(one: LearnerShape, other: LearnerShape): boolean {
  return one.inputs.every(
    ({ topic, layout }, i) => topic === other.inputs[i]?.topic && layout === other.inputs[i].layout,
  )
}

/** Which snapshots the models of the last stage predict with, and how far those who learn were told that rows have come: a task that is new takes up what the first one had. */
export function learntPart(was: Shape, cut: Cut, number: number): SeedPart[] {
  const stage = was.stages.at(-1)?.name ?? ''
  const task = number < tasksOfStage(was, stage) ? number : 0
  const commit = cut.stages.get(stage)?.[task]?.commit ?? 0
  const regions = [
    ['learnt/', 'learnt/'],
    ['learning/', 'learning/'],
    ['watched/', 'watched/'],
  ] as const
  const none = was.learners === undefined && was.watching === undefined
  return none || commit === 0 ? [] : [{ stage, task, commit, regions }]
}

export interface LearntLaneOf {
  readonly was: Shape
  readonly cut: Cut
  /** Of the task that predicts. */
  readonly number: number
  readonly topic: string
  /** The task that learns. */
  readonly learner: TaskSpec
  /** Where its partition ends. */
  readonly end: number
}

/**
 * Where a task that predicts reads on of what the learner tells. One that is new has been told nothing of what all others know, and is
 * not told again: it takes up how far the learner has come, or it would wait for it, and the learner for it.
 */
export async function learntLane(log: Log, of: LearntLaneOf): Promise<LanePosition> {
  const { was, cut, number, topic, learner, end } = of
  const stage = was.stages.at(-1)
  const at = cut.stages.get(stage?.name ?? '')?.[number]?.at
  if (stage !== undefined && at !== undefined && stage.inputs.some((each) => each.topic === topic))
    return { ...laneAt(stage.inputs, at, { topic, writer: 0 }), idle: false }
  const known = await lastCommit(log, learner)
  const bound = known === undefined ? -Infinity : toldIn((await restore(log, learner)).memory)
  return { offset: end, row: 0, bound, idle: false }
}
