// Predicts at departure whether a flight will land more than 15 minutes late, from what has landed so far.
import { z } from 'zod'
import { model, onnx, pipeline, stream, topic, type FeatureBuilder, type Pipeline } from 'millrace'

const departures = stream('departures', {
  source: topic('departures'),
  schema: z.object({
    id: z.string(),
    at: z.iso.datetime(),
    origin: z.string(),
    destination: z.string(),
    miles: z.number(),
  }),
  key: (departure) => departure.origin,
  time: (departure) => departure.at,
  idle: 'never',
})

const Landing = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  origin: z.string(),
  destination: z.string(),
  delayMinutes: z.number().min(-120).max(1440), // real data holds absurd delays: they become dead letters
})
type Landing = z.infer<typeof Landing>

const landings = stream('landings', {
  source: topic('landings'),
  schema: Landing,
  key: (landing) => landing.destination,
  time: (landing) => landing.at,
  idle: 'never',
})

const flight = departures.features('flight', {
  define: (f) => ({
    hour: f.value((departure) => Number(departure.at.slice(11, 13)), { kind: 'number' }),
    weekday: f.value((departure) => new Date(departure.at).getUTCDay(), { kind: 'number' }),
    miles: f.value((departure) => departure.miles),
  }),
})

const isLate = (landing: Landing): boolean => landing.delayMinutes > 15
const lateness = (landing: Landing): number => (isLate(landing) ? 1 : 0)
const delays = (f: FeatureBuilder<Landing>) => ({
  late1h: f.mean(lateness, { over: '1h' }),
  mean1h: f.mean((landing) => landing.delayMinutes, { over: '1h' }),
  count1h: f.count({ over: '1h' }),
  late3h: f.mean(lateness, { over: '3h' }),
  mean3h: f.mean((landing) => landing.delayMinutes, { over: '3h' }),
  count3h: f.count({ over: '3h' }),
  late24h: f.mean(lateness, { over: '24h' }),
  mean24h: f.mean((landing) => landing.delayMinutes, { over: '24h' }),
  count24h: f.count({ over: '24h' }),
})

// Landings by where they landed, and by where they had left from. Each is looked up at both ends of the flight.
const arrived = landings.features('arrived', { define: delays })
const departed = landings.features('departed', { key: (landing) => landing.origin, define: delays })
const route = landings.features('route', {
  key: (landing) => [landing.origin, landing.destination],
  define: (f) => ({
    routeLate14d: f.mean(lateness, { over: '14d' }),
    routeMean14d: f.mean((landing) => landing.delayMinutes, { over: '14d' }),
    routeCount14d: f.count({ over: '14d' }),
  }),
})
const here = arrived.as('here')
const left = departed.as('left')
const there = arrived.as('there')
const thereLeft = departed.as('thereLeft')

const late = model('late', {
  of: departures,
  input: [flight, here, left, there, thereLeft, route],
  runtime: onnx('late.onnx', {
    output: z.object({ probability: z.number().min(0).max(1) }),
    missing: { '*': 'nan' }, // the trees were trained with what is missing
  }),
  labels: {
    from: landings,
    by: (landing) => landing.id,
    of: (departure) => departure.id,
    within: '2d',
    label: isLate,
  },
})

const lateFlights: Pipeline = pipeline('late-flights')
  .from(departures)
  .features(flight)
  .features(here, { by: (departure) => departure.origin, wait: 'forever' })
  .features(left, { by: (departure) => departure.origin, wait: 'forever' })
  .features(there, { by: (departure) => departure.destination, wait: 'forever' })
  .features(thereLeft, { by: (departure) => departure.destination, wait: 'forever' })
  .features(route, {
    by: (departure) => [departure.origin, departure.destination],
    wait: 'forever',
  })
  .predict(late)
  .emit(topic('predictions'), ({ event, prediction }) => ({
    id: event.id,
    late: prediction.probability,
  }))
  .when(
    ({ prediction, features }) => prediction.probability > 0.8 && features.thereCount3h > 20,
    topic('warnings'),
  )

export default lateFlights

export { arrived, departed, departures, flight, landings, late, route }
