// Visits, each of a visitor who was never there before: one set forgets visitors by their time to live, the other keeps so many.
import { z } from 'zod'
import { functionModel, model, pipeline, stream, topic, type Pipeline } from 'millrace'

/** Visitors that each set keeps. */
export const KEPT = 100_000

const visits = stream('visits', {
  source: topic('visits', { partitionedBy: 'key' }),
  schema: z.object({ visitor: z.int(), at: z.int() }),
  key: (visit) => visit.visitor,
  time: (visit) => visit.at,
})

/** A visit a ms: so many visitors are younger than that. */
const recent = visits.features('recent', {
  keep: `${KEPT}ms`,
  define: (f) => ({ count: f.count({ over: '10s' }) }),
})

const newest = visits.features('newest', {
  keep: 'forever',
  budget: { keys: KEPT, then: 'evict-oldest' },
  define: (f) => ({ seconds: f.count({ over: '10s' }) }),
})

const often = model('often', {
  of: visits,
  input: [recent, newest],
  runtime: functionModel(
    (seen: { count: number; seconds: number }) => ({ score: seen.count + seen.seconds }),
    { output: z.object({ score: z.number() }) },
  ),
})

const pipelineOfVisits: Pipeline = pipeline('visits')
  .from(visits)
  .features(recent)
  .features(newest)
  .predict(often)
export default pipelineOfVisits
