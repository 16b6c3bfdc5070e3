// The one error type of Millrace, in six kinds named by what the reader must do.
// A message says what was expected, what was found and what to do; `details` says where.

/** Where it happened: the pipeline, stream, feature, topic, partition, offset, file ... Values of events are never put here. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | bigint | undefined>>

export interface ErrorOptions {
  readonly details?: ErrorDetails
  readonly cause?: unknown
  /** Whether the same call may succeed later without any change. Default false. */
  readonly retryable?: boolean
}

/** What an error is known by: docs/errors.md has the cause and the cure of each. */
export type ErrorCode =
  | 'ML_DEFINITION' // a stream, feature set, model or pipeline is defined wrongly
  | 'ML_SCHEMA' // a schema cannot be used, or two do not fit each other
  | 'ML_USAGE' // a command or an API was called wrongly
  | 'ML_EVENT' // an event is bad: it goes to the dead letters
  | 'ML_USER_FUNCTION' // a function of the definition threw, or did what it must not
  | 'ML_ACCESS' // a request over HTTP lacks the token, or comes from another site
  | 'ML_BUSY' // more is sent than is taken: the same later will do
  | 'ML_CONNECTION' // a log, a worker or another process cannot be reached
  | 'ML_SOURCE' // a file or another source at the edge is not what it was said to be, or not what it was
  | 'ML_SINK' // a file or another sink at the edge cannot be written, or is not what was written to it
  | 'ML_DISK_FULL' // the device has no room: intake has stopped, nothing acknowledged is lost
  | 'ML_FLUSH_FAILED' // a flush failed: what it covered is not trusted until the log is opened again
  | 'ML_LOCKED' // another process owns the folder
  | 'ML_LOG_CORRUPT' // bytes of the log are not what was written
  | 'ML_LOG_FORMAT' // the folder was written by another version of the format
  | 'ML_OFFSET_GONE' // retention removed what was asked for
  | 'ML_GAP' // records that a source had not read are no longer kept, or their topic was made again
  | 'ML_TOPIC' // a topic does not exist, or exists otherwise than asked
  | 'ML_STATE' // state, snapshot or commit record do not fit the definition
  | 'ML_FENCED' // another owner took over
  | 'ML_MODEL' // a model cannot be loaded or does not fit its features
  | 'ML_INFERENCE' // a model failed, or gave what its output does not allow
  | 'ML_DEPENDENCY' // an optional package is not installed
  | 'ML_INTERNAL' // an invariant of Millrace is broken: a bug, please report it

/**
 * Every error of Millrace. Its message says what was expected, what was found and what to do.
 * @example
 * try {
 *   stream('payments', { source: topic('payments'), schema: z.object({}), key: () => 'all', time: () => 0, lateness: '-1s' })
 * } catch (error) {
 *   if (error instanceof MillraceError) console.log(error.code, error.retryable, error.details)
 * }
 */
export class MillraceError extends Error {
  /** What docs/errors.md calls it. */
  readonly code: ErrorCode
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean
  /** Where it happened. */
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.retryable = options.retryable ?? false
    this.details = Object.freeze({ ...options.details })
  }
}

/** Fix the definition or the call; thrown before any I/O. */
export class DefinitionError extends MillraceError {
  constructor(
    message: string,
    options?: ErrorOptions & { code?: 'ML_DEFINITION' | 'ML_SCHEMA' | 'ML_USAGE' },
  ) {
    super(options?.code ?? 'ML_DEFINITION', message, options)
  }
}

/** One event is bad; it goes to the dead letters and the stream goes on. */
export class EventError extends MillraceError {
  constructor(
    message: string,
    options?: ErrorOptions & { code?: 'ML_EVENT' | 'ML_USER_FUNCTION' },
  ) {
    super(options?.code ?? 'ML_EVENT', message, options)
  }
}

/** The outside world failed; `retryable` says whether trying again can help. */
export class ConnectorError extends MillraceError {
  constructor(
    code:
      | 'ML_CONNECTION'
      | 'ML_SOURCE'
      | 'ML_SINK'
      | 'ML_DISK_FULL'
      | 'ML_FLUSH_FAILED'
      | 'ML_LOCKED'
      | 'ML_TOPIC'
      | 'ML_DEPENDENCY',
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options)
  }
}

/** A model cannot be loaded, failed, or gave what it must not; fallback rules apply. */
export class ModelError extends MillraceError {
  constructor(code: 'ML_MODEL' | 'ML_INFERENCE', message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}

/** Log or state are not what they should be: the task stops. */
export class StateError extends MillraceError {
  constructor(
    code:
      | 'ML_LOG_CORRUPT'
      | 'ML_LOG_FORMAT'
      | 'ML_OFFSET_GONE'
      | 'ML_GAP'
      | 'ML_STATE'
      | 'ML_INTERNAL',
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options)
  }
}

/** Another owner took over: stop quietly. */
export class FencedError extends MillraceError {
  constructor(message: string, options?: ErrorOptions) {
    super('ML_FENCED', message, options)
  }
}
