// The flights once more, with a second model beside the trained one: it begins with nothing and learns from landings as they come.
import { z } from 'zod'
import { learner, model, pipeline, topic, type Pipeline } from 'millrace'
import { adaGrad, logisticRegression, pipe, standardScaler } from 'millrace/learning'
import { arrived, departed, departures, flight, landings, late, route } from './flights.ts'

const here = arrived.as('here')
const left = departed.as('left')
const there = arrived.as('there')
const thereLeft = departed.as('thereLeft')

const online = model('online', {
  of: departures,
  input: [flight, here, left, there, thereLeft, route],
  runtime: learner(pipe(standardScaler(), logisticRegression({ optimizer: adaGrad(0.05) })), {
    output: z.object({ probability: z.number() }),
    inputs: [
      'hour',
      'hereLate3h',
      'leftLate1h',
      'leftMean1h',
      'thereLate3h',
      'thereLeftLate3h',
      'routeLate14d',
    ],
    snapshot: '1h',
    wait: 'forever',
  }),
  labels: {
    from: landings,
    by: (landing) => landing.id,
    of: (departure) => departure.id,
    within: '2d',
    label: (landing) => (landing.delayMinutes > 15 ? 1 : 0),
  },
})

const lateFlights: Pipeline = pipeline('online-flights')
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
  .emit(topic('both'), ({ event, prediction, predictions }) => ({
    id: event.id,
    late: prediction.probability,
    online: predictions.online.probability,
  }))

export default lateFlights
