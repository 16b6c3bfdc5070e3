// The flights job of `npm start`, a part of its departures, in units of its own naive floor.
import { measureFlights } from '../flights/measure.ts'
import { atMost, type Measure } from '../run/measure.ts'

const DEPARTURES = 400_000

export const flights: Measure = {
  about: 'the flights job in U',
  method: `${DEPARTURES.toLocaleString('en')} departures and their landings, importer, receipts, labels and learner included; U is the CPU, each alone on one core, of JSON.parse of all events, ONNX Runtime over all rows in batches of 1,024, and writing and flushing the input`,
  take: async () => {
    const { report, floor, restart } = await measureFlights(DEPARTURES)
    const { parse, model, write, u, events } = floor
    return [
      {
        what: 'flights job, in U',
        measured: report.cpuSeconds / u,
        unit: 'U',
        aim: atMost(2.5),
        bound: `ten rows between tasks and 39 window reads for each departure; U is ${u.toFixed(2)} s: parse ${parse.toFixed(2)}, model ${model.toFixed(2)}, write ${write.toFixed(2)}`,
      },
      {
        what: 'flights job, CPU an event',
        measured: (report.cpuSeconds / events) * 1e6,
        unit: 'us',
      },
      {
        what: 'flights job, started again with all state, to its report',
        measured: restart,
        unit: 's',
      },
    ]
  },
}
