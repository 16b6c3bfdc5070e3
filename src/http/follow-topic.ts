// `GET /topics/NAME`: follows a topic as server-sent events. The id of each is how far its reader has come in every partition, so that
// a reader who comes back with it (Last-Event-ID) misses none and gets none twice.
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { recordText } from '../base/records.ts'
import { MillraceError } from '../base/errors.ts'
import type { Edge } from '../contracts/edge.ts'
import type { ReadFrom, ReadRun } from '../contracts/log.ts'
import { progressAt } from '../contracts/progress.ts'
import type { HttpLimits } from './limits.ts'
import { Refused, refusalOf } from './refusal.ts'

const READ_BYTES = 256 << 10
const LATER_SECONDS = 5
/** How long a reader waits before it comes back, ms. */
const RETRY_MS = 1_000

interface FollowRoute {
  Params: { name: string }
  Querystring: Readonly<Record<string, string | string[]>>
}

export interface FollowTopicOptions {
  readonly edge: Edge
  readonly limits: HttpLimits
  /** Aborted when the server ends. */
  readonly ending: AbortSignal
}

export function addFollowTopic(
  app: FastifyInstance,
  { edge, limits, ending }: FollowTopicOptions,
): void {
  let followers = 0
  app.get<FollowRoute>('/topics/:name', async (request, reply) => {
    const { name } = request.params
    if (edge.useOf(name) === undefined) {
      throw new Refused(
        404,
        `a topic to follow must be one of '${edge.pipeline}'; found another: millrace plan FILE names them`,
      )
    }
    if (followers >= limits.followers) {
      throw new Refused(429, `at most ${limits.followers} readers follow at once; found as many`, {
        retryAfterSeconds: LATER_SECONDS,
      })
    }
    followers++
    try {
      const from = await placeOf(edge, request)
      reply.hijack()
      await new Follower(reply.raw, { edge, limits, ending, from }).follow()
    } finally {
      followers--
    }
  })
}

/** @throws Refused where the place is none of the topic. */
async function placeOf(
  edge: Edge,
  { params, query, headers }: FastifyRequest<FollowRoute>,
): Promise<Place[]> {
  const { from = 'end', ...others } = query
  if (Object.keys(others).length > 0 || (from !== 'start' && from !== 'end'))
    throw new Refused(400, 'the query must be ?from=start or ?from=end; found another')
  const parts = await edge.partitions(params.name)
  const last = headers['last-event-id']
  if (last === undefined) {
    return parts.map(({ start, end }, partition) => ({
      topic: params.name,
      partition,
      offset: from === 'start' ? start : end,
    }))
  }
  const offsets =
    typeof last === 'string' && /^\d{1,15}(?:-\d{1,15})*$/.test(last)
      ? last.split('-').map(Number)
      : []
  if (offsets.length !== parts.length)
    throw new Refused(
      400,
      `a Last-Event-ID must be one that this topic gave; found none for its ${parts.length} partitions`,
    )
  for (const [partition, offset] of offsets.entries()) {
    const { start, end } = parts[partition]
    if (offset >= start && offset <= end) continue
    throw new Refused(
      410,
      `partition ${partition} must still hold offset ${offset}; found ${start} to ${end}: read from there, with ?from=start and no Last-Event-ID`,
    )
  }
  return offsets.map((offset, partition) => ({ topic: params.name, partition, offset }))
}

interface Place extends ReadFrom {
  offset: number
}

class Follower {
  readonly #response: ServerResponse
  readonly #edge: Edge
  readonly #limits: HttpLimits
  readonly #places: Place[]
  readonly #over = new AbortController()

  constructor(
    response: ServerResponse,
    of: { edge: Edge; limits: HttpLimits; ending: AbortSignal; from: Place[] },
  ) {
    this.#response = response
    this.#edge = of.edge
    this.#limits = of.limits
    this.#places = of.from
    const end = (): void => this.#over.abort('over')
    response.once('close', end)
    response.on('error', end)
    if (of.ending.aborted) end()
    of.ending.addEventListener('abort', end, { once: true })
    this.#over.signal.addEventListener('abort', () => of.ending.removeEventListener('abort', end))
  }

  /** Until the reader or the server goes. Errors are told as an event: the head has left already. */
  async follow(): Promise<void> {
    const { signal } = this.#over
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-accel-buffering': 'no',
    })
    try {
      await this.#send(`retry: ${RETRY_MS}\n\n`)
      while (!signal.aborted) {
        const { runs, next } = await this.#edge.read(this.#places, {
          maxBytes: READ_BYTES,
          maxWaitMs: this.#limits.keepAliveMs,
          signal,
        })
        const text = runs.map((run) => this.#textOf(run)).join('')
        this.#places.forEach((place, i) => (place.offset = next[i].offset))
        if (!signal.aborted) await this.#send(text === '' ? ': nothing yet\n\n' : text)
      }
      this.#response.end()
    } catch (error) {
      const { body } = refusalOf(error)
      if (!signal.aborted && error instanceof MillraceError)
        this.#response.write(`event: error\ndata: ${JSON.stringify(body)}\n\n`)
      this.#response.end()
    }
  }

  #textOf({ partition, offsets, records }: ReadRun): string {
    const place = this.#places[partition]
    let text = ''
    for (let row = 0; row < records.count; row++) {
      if (offsets[row] < place.offset) continue
      place.offset = offsets[row] + 1
      if (progressAt(records, row) !== undefined) continue
      const id = this.#places.map(({ offset }) => offset).join('-')
      const data = recordText(records, row, 'value').replaceAll(/\r\n|\r|\n/g, '\ndata: ')
      text += `id: ${id}\ndata: ${data}\n\n`
    }
    return text
  }

  /** Waits for a slow reader, and gives one up that does not read at all. */
  async #send(text: string): Promise<void> {
    if (this.#response.write(text)) return
    const unread = new AbortController()
    const timer = setTimeout(() => unread.abort(), this.#limits.unreadMs)
    try {
      await once(this.#response, 'drain', {
        signal: AbortSignal.any([unread.signal, this.#over.signal]),
      })
    } catch {
      if (unread.signal.aborted) this.#response.destroy()
      this.#over.abort('over')
    } finally {
      clearTimeout(timer)
    }
  }
}
