// The HTTP server of a run: routes, and what no request may go beyond. docs/http.md describes it to those who call it.
// It logs nothing: what comes in is nobody's business but the log's.
import { once } from 'node:events'
import { fastify, type FastifyInstance } from 'fastify'
import { ConnectorError } from '../base/errors.ts'
import type { Edge } from '../contracts/edge.ts'
import { guardAccess } from './access.ts'
import { checkToken, urlOf, type HttpAddress } from './address.ts'
import { addFollowTopic } from './follow-topic.ts'
import { addGetFeatures } from './get-features.ts'
import { InFlight } from './in-flight.ts'
import { LIMITS, type HttpLimits } from './limits.ts'
import { addPostTopic } from './post-topic.ts'
import { Refused, refusalOf } from './refusal.ts'
import { addTelling } from './tell.ts'

const HEADER_BYTES = 16 << 10
/** Long enough for any id, short enough to be no burden. */
const NAME_CHARACTERS = 256

export interface HttpOptions extends HttpAddress {
  readonly edge: Edge
  /** What every request but `/health` must bring; undefined: nothing, and only this machine can reach the server. */
  readonly token?: string | undefined
  readonly limits?: Partial<HttpLimits>
}

export interface HttpServer {
  /** Where it listens: `http://127.0.0.1:8080`. */
  readonly url: string
  /** Answers what is under way, ends those who follow, and takes nothing more. */
  close(): Promise<void>
}

/** @throws DefinitionError ML_USAGE for an address that needs a token; ConnectorError ML_CONNECTION when it cannot be listened on. */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { edge, token, host, port } = options
  checkToken({ host, port }, token)
  const limits = { ...LIMITS, ...options.limits }
  const app = newApp(limits)
  const ending = new AbortController()
  const inFlight = new InFlight(limits, () => performance.now())
  guardAccess(app, token)
  inFlight.guard(app)
  addTelling(app, { edge, inFlight })
  addPostTopic(app, { edge, limits, inFlight })
  addFollowTopic(app, { edge, limits, ending: ending.signal })
  addGetFeatures(app, edge)
  app.server.maxConnections = limits.connections
  app.server.on('connection', (socket) => socket.setNoDelay(true))
  await listen(app, { host, port })
  const bound = app.server.address()
  let closed: Promise<void> | undefined
  const own = typeof bound === 'object' && bound !== null ? bound.port : port
  return {
    url: urlOf({ host, port: own }),
    close: () => {
      ending.abort('over')
      closed ??= Promise.resolve(app.close())
      return closed
    },
  }
}

function newApp(limits: HttpLimits): FastifyInstance {
  const app: FastifyInstance = fastify({
    logger: false,
    trustProxy: false,
    exposeHeadRoutes: false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    routerOptions: { maxParamLength: NAME_CHARACTERS },
    http: {
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: limits.lookMs,
      maxHeaderSize: HEADER_BYTES,
    },
  })
  app.removeAllContentTypeParsers()
  for (const [type, bodyLimit] of [
    ['application/json', limits.eventBytes],
    ['application/x-ndjson', limits.bodyBytes],
  ] as const) {
    app.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit }, (_, body, done) =>
      done(null, body),
    )
  }
  app.addHook('onRequest', async ({ headers }, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    if (headers['content-encoding'] !== undefined)
      throw new Refused(
        415,
        'a body must come as it is; found one with a Content-Encoding: send it without',
      )
  })
  app.setErrorHandler((error, _, reply) => {
    const { status, headers, body } = refusalOf(error)
    return reply.code(status).headers(headers).send(body)
  })
  app.setNotFoundHandler((_, reply) => {
    const { status, body } = refusalOf({ statusCode: 404 })
    return reply.code(status).send(body)
  })
  return app
}

async function listen(app: FastifyInstance, { host, port }: HttpAddress): Promise<void> {
  await app.ready()
  const listening = once(app.server, 'listening')
  app.server.listen(port, host)
  try {
    await listening
  } catch (cause) {
    throw new ConnectorError(
      'ML_CONNECTION',
      `the address ${urlOf({ host, port })} must be free to listen on; found ${codeIn(cause)}: give another with --http`,
      { cause },
    )
  }
}

function codeIn(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : 'that it is not'
}
