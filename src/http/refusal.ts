// An answer that is not what was asked for: its status, and the error as every part of Millrace gives it.
import { MillraceError, type ErrorCode } from '../base/errors.ts'

export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: {
    readonly error: {
      readonly code: ErrorCode
      readonly message: string
      readonly retryable: boolean
    }
  }
}

export interface RefusedOptions {
  readonly retryAfterSeconds?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** Thrown by a route to answer with a status of its own. */
export class Refused extends MillraceError {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, options: RefusedOptions = {}) {
    const { retryAfterSeconds, headers } = options
    const code =
      status === 429 ? 'ML_BUSY' : status === 401 || status === 403 ? 'ML_ACCESS' : 'ML_USAGE'
    super(code, message, { retryable: retryAfterSeconds !== undefined })
    this.status = status
    this.headers = {
      ...headers,
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    }
  }
}

const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  ML_USAGE: 400,
  ML_EVENT: 422,
  ML_TOPIC: 404,
  ML_OFFSET_GONE: 410,
  ML_BUSY: 429,
  ML_CONNECTION: 503,
  ML_FENCED: 503,
  ML_DISK_FULL: 507,
}

const LATER_SECONDS = 1

/** What a server has to say about an error: nothing of one that is not known, for it may name what is nobody's business. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof MillraceError)) return refusalOfStatus(statusIn(error))
  const { code, message, retryable } = error
  const status = error instanceof Refused ? error.status : (STATUS[code] ?? 500)
  const later = status === 503 || status === 507 ? { 'retry-after': String(LATER_SECONDS) } : {}
  return {
    status,
    headers: error instanceof Refused ? error.headers : later,
    body: { error: { code, message, retryable: retryable || status === 503 || status === 507 } },
  }
}

/** What the server found by itself, before any route saw the request. */
function refusalOfStatus(status: number): Refusal {
  const message = WORDS[status] ?? 'a request must be one of HTTP; found another'
  const internal = status >= 500
  return {
    status,
    headers: {},
    body: {
      error: {
        code: internal ? 'ML_INTERNAL' : 'ML_USAGE',
        message: internal
          ? 'the request failed, and this is a bug: see what the run says'
          : message,
        retryable: false,
      },
    },
  }
}

const WORDS: Readonly<Record<number, string>> = {
  404: 'a route must be one of docs/http.md; found another',
  413: 'a body must be within the limits of docs/http.md; found a larger one: send fewer events at a time',
  414: 'a name must have at most 256 characters; found more',
  415: 'events must come as application/json (one) or application/x-ndjson (lines); found another type',
}

function statusIn(error: unknown): number {
  const status =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'statusCode') : undefined
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500
}
