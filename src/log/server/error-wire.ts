// Errors of the log, carried to its clients: the same class, code, message and details on the other side.
import {
  ConnectorError,
  DefinitionError,
  FencedError,
  MillraceError,
  StateError,
  type ErrorCode,
  type ErrorDetails,
} from '../../base/errors.ts'

export interface ErrorWire {
  readonly code: ErrorCode
  readonly message: string
  readonly retryable: boolean
  readonly details: ErrorDetails
}

export function errorToWire(error: unknown): ErrorWire {
  if (error instanceof MillraceError) {
    const details = Object.fromEntries(
      Object.entries(error.details).map(([name, value]) => [
        name,
        typeof value === 'bigint' ? String(value) : value,
      ]),
    )
    return { code: error.code, message: error.message, retryable: error.retryable, details }
  }
  return {
    code: 'ML_INTERNAL',
    message: error instanceof Error ? error.message : String(error),
    retryable: false,
    details: {},
  }
}

export function errorFromWire({ code, message, retryable, details }: ErrorWire): MillraceError {
  const options = { retryable, details }
  switch (code) {
    case 'ML_FENCED':
      return new FencedError(message, options)
    case 'ML_DEFINITION':
    case 'ML_SCHEMA':
    case 'ML_USAGE':
      return new DefinitionError(message, { ...options, code })
    case 'ML_LOG_CORRUPT':
    case 'ML_LOG_FORMAT':
    case 'ML_OFFSET_GONE':
    case 'ML_STATE':
    case 'ML_INTERNAL':
      return new StateError(code, message, options)
    case 'ML_CONNECTION':
    case 'ML_DISK_FULL':
    case 'ML_FLUSH_FAILED':
    case 'ML_LOCKED':
    case 'ML_TOPIC':
    case 'ML_DEPENDENCY':
      return new ConnectorError(code, message, options)
    default:
      return new MillraceError(code, message, options)
  }
}
