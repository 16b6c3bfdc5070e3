// How a task is doing, for those who watch it: asked a few times a second, and no part of any result.
import type { CommitTimes } from './commit-times.ts'

export interface LaneFigures {
  readonly topic: string
  readonly partition: number
  /** The first record that is not wholly taken. */
  readonly offset: number
}

export interface TaskFigures {
  readonly lanes: readonly LaneFigures[]
  /** The empty lane that holds the rows of others back, the least far of them; undefined where none does. */
  readonly waitsFor: { readonly topic: string; readonly partition: number } | undefined
  /** How long commits took. */
  readonly commits: CommitTimes
}
