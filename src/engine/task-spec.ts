// One task of a pipeline, and its name.

/** One task: a partition of a stage. */
export interface TaskSpec {
  readonly pipeline: string
  readonly stage: string
  /** Its number among the tasks of the stage. */
  readonly number: number
  /** Digest of the plan. */
  readonly plan: string
}

export function taskId({ pipeline, stage, number }: TaskSpec): string {
  return `${pipeline}/${stage}/${number}`
}
