// `POST /topics/NAME`: events into a topic, acknowledged when they are durable.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Edge, EdgeAppend } from '../contracts/edge.ts'
import { eventsOf } from './events.ts'
import type { InFlight } from './in-flight.ts'
import type { HttpLimits } from './limits.ts'
import { Refused } from './refusal.ts'

const LINES = /^application\/x-ndjson\b/i
/** Printable ASCII, so that it can be a header of the record, too. */
const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/
const FIELD = /^[\w.-]{1,64}$/

export interface PostTopicOptions {
  readonly edge: Edge
  readonly limits: HttpLimits
  readonly inFlight: InFlight
}

interface TopicRoute {
  Params: { name: string }
  Querystring: Readonly<Record<string, string | string[]>>
  Body: Buffer
}

export function addPostTopic(
  app: FastifyInstance,
  { edge, limits, inFlight }: PostTopicOptions,
): void {
  app.post<TopicRoute>('/topics/:name', async (request) => {
    const { name } = request.params
    if (edge.useOf(name) !== 'write') {
      throw new Refused(
        404,
        `a topic to write to must be a source of '${edge.pipeline}'; found another: its sources are in millrace plan FILE`,
      )
    }
    const { headers } = request
    if (!(request.body instanceof Buffer))
      throw new Refused(400, 'a body must have at least one event; found no body')
    const events = eventsOf(request.body, LINES.test(headers['content-type'] ?? ''), limits)
    const append: EdgeAppend = {
      topic: name,
      events,
      key: fieldIn(request, 'key'),
      time: fieldIn(request, 'time'),
      check: isAsked(request, 'check'),
      idempotencyKey: idempotencyKeyIn(headers['idempotency-key']),
    }
    checkQuery(request, ['key', 'time', 'check'])
    inFlight.takeEvents(events.length)
    return edge.append(append)
  })
}

function fieldIn({ query }: FastifyRequest<TopicRoute>, name: string): string | undefined {
  const field = query[name]
  if (field === undefined) return undefined
  if (typeof field === 'string' && FIELD.test(field)) return field
  throw new Refused(
    400,
    `?${name} must name one field of the event; found another text: write ?${name}=id`,
  )
}

function isAsked({ query }: FastifyRequest<TopicRoute>, name: string): boolean {
  const value = query[name]
  if (value === undefined || value === 'false') return false
  if (value === '' || value === 'true') return true
  throw new Refused(400, `?${name} must be true or false; found another text`)
}

/** An option that is misspelt must not be taken for one that was not given. */
function checkQuery({ query }: FastifyRequest<TopicRoute>, known: readonly string[]): void {
  if (Object.keys(query).every((name) => known.includes(name))) return
  throw new Refused(
    400,
    `the query must have only ${known.map((each) => `?${each}`).join(', ')}; found another name`,
  )
}

function idempotencyKeyIn(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header === 'string' && IDEMPOTENCY_KEY.test(header)) return header
  throw new Refused(
    400,
    'an Idempotency-Key must have 1 to 255 printable ASCII characters; found another',
  )
}
