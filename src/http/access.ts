// Who may ask: a token where there is one, and never a page of another site that a browser on this machine shows.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isLoopback } from './address.ts'
import { Refused } from './refusal.ts'

const OPEN_ROUTE = '/health'

/** @param token undefined: none is asked for, and the server is reached by this machine only. */
export function guardAccess(app: FastifyInstance, token: string | undefined): void {
  const expected = token === undefined ? undefined : digestOf(token)
  app.addHook('onRequest', async (request) => {
    const { headers, routeOptions } = request
    // Without a token the machine is the fence, and a name that leads here from outside (DNS rebinding) would climb over it.
    if (expected === undefined && !isOurHost(headers.host)) {
      throw new Refused(
        403,
        'a request without a token must name this machine (localhost, 127.0.0.1) as its host; found another name: start with a token to be reached by others',
      )
    }
    if (isForeign(request)) {
      throw new Refused(
        403,
        'a request must not come from a page of another site; found one that does',
      )
    }
    if (expected === undefined || routeOptions.url === OPEN_ROUTE) return
    const given = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
    // Of equal length, whatever was sent: how long the comparison takes tells nothing.
    if (given !== undefined && timingSafeEqual(digestOf(given), expected)) return
    throw new Refused(
      401,
      'a request must bring the token: Authorization: Bearer TOKEN; found none, or another',
      {
        headers: { 'www-authenticate': 'Bearer' },
      },
    )
  })
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function isOurHost(host: string | undefined): boolean {
  const name = /^(\[[0-9a-fA-F:.]+\]|[^:]+)(?::\d+)?$/.exec(host ?? '')?.[1]
  return name !== undefined && isLoopback(name.replaceAll(/[[\]]/g, ''))
}

/** Browsers say where a request comes from, and pages cannot keep them from it. */
function isForeign({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const { origin, host } = headers
  return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`
}
