// What was found wrong with the files of a log or of a backup.
import { StateError } from '../../base/errors.ts'
import { corruptMessage } from '../embedded/run.ts'

export interface Problem {
  readonly file: string
  /** Bytes from its beginning; undefined where the whole file is meant. */
  readonly position?: number
  /** What lies there, where that is known. */
  readonly topic?: string
  readonly partition?: number
  readonly offset?: number
  /** What was expected and what was found. */
  readonly what: string
}

/** The problem as the error of whoever cannot go on with it. */
export function problemError(problem: Problem): StateError {
  const { what, ...details } = problem
  return new StateError('ML_LOG_CORRUPT', `${corruptMessage(details.file)}; ${what}`, { details })
}
