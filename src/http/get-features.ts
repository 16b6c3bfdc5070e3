// `GET /features/SET/KEY`: the features of a key, as the stream would have them.
import type { FastifyInstance } from 'fastify'
import type { Edge } from '../contracts/edge.ts'
import { Refused } from './refusal.ts'

const ZONED = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/

interface FeaturesRoute {
  Params: { set: string; key: string }
  Querystring: Readonly<Record<string, string | string[]>>
}

export function addGetFeatures(app: FastifyInstance, edge: Edge): void {
  app.get<FeaturesRoute>('/features/:set/:key', async (request) => {
    const { set, key } = request.params
    const { at, ...others } = request.query
    if (Object.keys(others).length > 0)
      throw new Refused(400, 'the query must be ?at=TIME; found another')
    const told = await edge.features({ set, key, at: timeOf(at) })
    if (told === undefined)
      throw new Refused(
        404,
        `a key must have features in '${set}'; found none: no event of it came, or it was let go of`,
      )
    return told
  })
}

function timeOf(text: string | string[] | undefined): number | undefined {
  if (text === undefined) return undefined
  const time =
    typeof text !== 'string'
      ? NaN
      : ZONED.test(text)
        ? Date.parse(text)
        : /^-?\d{1,16}$/.test(text)
          ? Number(text)
          : NaN
  if (!Number.isNaN(time)) return time
  throw new Refused(
    400,
    '?at must be ms since 1970, or an ISO time with its zone; found another text',
  )
}
