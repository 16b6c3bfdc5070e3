// What `npm start` runs: the flights of flights.ts and, beside the trained model, a second one, which begins with nothing and learns from
// landings as they come. The errors of both are watched for drift.
import { z } from 'zod'
import { drift, learner, model, onnx, pipeline, topic, type Pipeline } from 'millrace'
import {
  adaGrad,
  adwin,
  imputer,
  logisticRegression,
  oneHot,
  pipe,
  standardScaler,
} from 'millrace/learning'
import { arrived, departed, departures, flight, landings, route } from './flights.ts'

const here = arrived.as('here')
const left = departed.as('left')
const there = arrived.as('there')
const thereLeft = departed.as('thereLeft')

interface Landed {
  readonly id: string
  readonly delayMinutes: number
}

const labels = {
  from: landings,
  by: (landing: Landed) => landing.id,
  of: (departure: { readonly id: string }) => departure.id,
  within: '2d',
  label: (landing: Landed) => landing.delayMinutes > 15,
} as const

const late = model('late', {
  of: departures,
  input: [flight, here, left, there, thereLeft, route],
  runtime: onnx('late.onnx', {
    output: z.object({ probability: z.number().min(0).max(1) }),
    missing: { '*': 'nan' },
  }),
  labels,
  drift: [drift(adwin(), { cooldown: 20_000 })],
})

const online = model('online', {
  of: departures,
  input: [flight, here, left, there, thereLeft, route],
  runtime: learner(
    pipe(
      oneHot({ columns: [0] }), // the hour, which is no quantity
      imputer(),
      standardScaler(),
      // Late flights land late: a base rate that followed the newest landings would swing with the hour.
      logisticRegression({ optimizer: adaGrad(0.02), interceptRate: 0.001 }),
    ),
    {
      output: z.object({ probability: z.number() }),
      inputs: [
        'hour',
        'hereLate3h',
        'hereLate24h',
        'leftLate1h',
        'leftMean1h',
        'leftLate3h',
        'thereLate3h',
        'thereLeftLate3h',
        'routeLate14d',
      ],
      snapshot: '1d', // years are filled in: each is a round trip between who learns and who predicts
      wait: 'forever',
    },
  ),
  labels,
  drift: [drift(adwin(), { cooldown: 20_000 })],
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
  .predict(online, { as: 'online' })
  .emit(topic('predictions'), ({ event, prediction, predictions }) => ({
    id: event.id,
    late: prediction.probability,
    online: predictions.online.probability,
  }))
  .when(
    ({ prediction, features }) => prediction.probability > 0.8 && features.thereCount3h > 20,
    topic('warnings'),
  )

export default lateFlights
