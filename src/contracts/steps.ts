// The steps of commit, snapshot, retention, take-over and re-partitioning, by name, so that a simulator can stop the world at any of
// them. Whoever adds one names it here; the tests then want runs that die there: `test/simulation/`, `test/engine/change-steps.test.ts`.

/** Steps of a task at work. */
export const TASK_STEPS = [
  'open:fence',
  'open:restore',
  'open:restored',
  'commit:delta',
  'commit:append',
  'commit:acknowledged',
  'snapshot:complete',
  'retain:trim',
  'retain:trimmed',
] as const

/** Steps from one plan, or one number of tasks, to the next. */
export const CHANGE_STEPS = [
  'fence:task',
  'seed:commit',
  'seed:committed',
  'move:chunks',
  'move:commit',
  'move:done',
  'gone:end',
  'gone:ended',
] as const

export type TaskStep = (typeof TASK_STEPS)[number]
export type ChangeStep = (typeof CHANGE_STEPS)[number]
export type Step = TaskStep | ChangeStep

export interface Steps {
  /** Called as a step is reached. It may never return: then the process is dead. */
  reach(step: Step): void | Promise<void>
}
