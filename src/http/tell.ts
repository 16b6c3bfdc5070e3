// How the run is: `/health` (it is alive), `/ready` (all of it works), `/metrics`.
import type { FastifyInstance } from 'fastify'
import type { Edge, Figure } from '../contracts/edge.ts'
import type { InFlight } from './in-flight.ts'
import { PROMETHEUS_TYPE, prometheusText } from './prometheus.ts'

export function addTelling(
  app: FastifyInstance,
  { edge, inFlight }: { edge: Edge; inFlight: InFlight },
): void {
  const answered = new Map<string, number>()
  app.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    // By the route's pattern: whatever names clients make up, there are no more counters than routes.
    const key = [method, routeOptions.url ?? 'none', reply.statusCode].join(' ')
    answered.set(key, (answered.get(key) ?? 0) + 1)
  })
  app.get('/health', async () => ({ alive: true }))
  app.get('/ready', async (_, reply) => {
    const readiness = edge.readiness()
    if (!readiness.ready) reply.code(503)
    return readiness
  })
  app.get('/metrics', async (_, reply) => {
    const figures = await edge.figures()
    reply.type(PROMETHEUS_TYPE)
    return prometheusText([...figures, ...ownFigures(answered, inFlight)])
  })
}

/** @param answered by `method route status`. */
export function ownFigures(
  answered: ReadonlyMap<string, number>,
  inFlight: Pick<InFlight, 'bytes'>,
): Figure[] {
  return [
    {
      name: 'millrace_http_requests_total',
      kind: 'counter',
      help: 'Requests that were answered.',
      samples: [...answered].map(([key, value]) => {
        const [method, route, status] = key.split(' ')
        return { labels: { method, route, status }, value }
      }),
    },
    {
      name: 'millrace_http_in_flight_bytes',
      kind: 'gauge',
      help: 'Bytes of bodies that are being taken or are not durable yet.',
      samples: [{ labels: {}, value: inFlight.bytes }],
    },
  ]
}
