// Right uses of streams made of streams: every type a user meets, held against what it must be. Compiled, and run.
import { z } from 'zod'
import {
  model,
  onnx,
  pipeline,
  stream,
  topic,
  union,
  type PeriodRow,
  type Stream,
} from '../../../src/index.ts'
import { same, type Equal } from './equal.ts'

const Visit = z.object({
  id: z.string(),
  at: z.number(),
  page: z.string(),
  ms: z.number(),
  user: z.string().optional(),
})
type Visit = z.infer<typeof Visit>
const web = stream('web', {
  source: topic('web'),
  schema: Visit,
  key: (v) => v.page,
  time: (v) => v.at,
})
const app = stream('app', {
  source: topic('app'),
  schema: Visit,
  key: (v) => v.page,
  time: (v) => v.at,
})

const long = web.filter('long', (v) => {
  same<Equal<typeof v, Visit>>()
  return v.ms > 1000
})
same<Equal<typeof long, Stream<'long', Visit>>>()

type Known = Visit & { user: string }
const known = web.filter('known', (v): v is Known => v.user !== undefined, {
  key: (v) => v.user,
})
same<Equal<typeof known, Stream<'known', Known>>>()

const Seconds = z.object({ page: z.string(), seconds: z.number().default(0) })
const seconds = long.map('seconds', { schema: Seconds, key: (s) => s.page }, (v) => {
  same<Equal<typeof v, Visit>>()
  return { page: v.page, seconds: v.ms / 1000 }
})
same<Equal<typeof seconds, Stream<'seconds', { page: string; seconds: number }>>>()

const all = union('all', [long, app])
same<Equal<typeof all, Stream<'all', Visit>>>()

const page = all.features('page', {
  define: (f) => ({ ms: f.value((v) => v.ms), visits1h: f.count({ over: '1h' }) }),
})
const user = known.features('user', {
  define: (f) => ({ last: f.last((v) => v.page) }),
  keep: '1d',
})
const quick = model('quick', {
  of: all,
  input: [page],
  runtime: onnx('quick.onnx', { output: z.object({ score: z.number() }) }),
  labels: {
    from: seconds,
    by: (s) => s.page,
    of: (v) => v.id,
    within: '1d',
    label: (s) => s.seconds,
  },
})

export const visiting = pipeline('visiting')
  .from(all)
  .features(page)
  .features(user, { by: (v) => v.id })
  .predict(quick)
  .emit(topic('out'), ({ event, features }) => {
    same<Equal<typeof event, Visit>>()
    same<Equal<typeof features, { ms: number; visits1h: number; last: string | undefined }>>()
    return event.id
  })

export const telling = pipeline('telling')
  .from(all)
  .features(page)
  .features(user, { by: (v) => v.id, wait: 'forever' })
  .every('1m', { of: page, to: topic('pages') }, (row) => {
    same<Equal<typeof row, PeriodRow<{ visits1h: number }>>>()
    return { page: row.key, visits: row.features.visits1h, at: row.to, again: row.revision > 0 }
  })
  .every('1d', { of: user, to: topic('users') }, ({ features }) => {
    same<Equal<typeof features, { last: string | undefined }>>()
    return { last: features.last ?? null }
  })
