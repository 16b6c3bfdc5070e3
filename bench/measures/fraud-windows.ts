// The job fraud-windows on the embedded log, from a cold start to its last score.
import { measureFraudWindows } from '../fraud-windows/measure.ts'
import { PAYMENTS } from '../fraud-windows/payments.ts'
import { atMost, type Figure, type Measure } from '../run/measure.ts'

/** Nine numbers of four bytes. */
const VECTOR_BYTES = 36

export const fraudWindows: Measure = {
  about: 'the job fraud-windows on the embedded log',
  method:
    '1,466,282 payments, 2 partitions, 2 workers, receipts on, the built package; CPU of all processes of the job, from its start, and between 25 and 95 % of the scores',
  take: async () => {
    const result = await measureFraudWindows({ events: PAYMENTS })
    const { checked, inputBytes } = result
    const figures: Figure[] = [
      {
        what: 'fraud-windows, CPU per million events, cold start',
        measured: result.coldCpu,
        unit: 's',
        aim: atMost(6),
        bound: `start of three processes, and code that is not compiled yet; steady ${result.steadyCpu.toFixed(2)} s`,
      },
      {
        what: 'fraud-windows, CPU per million events, steady',
        measured: result.steadyCpu,
        unit: 's',
        aim: atMost(4.5),
        bound: 'the parts that the rows called where tell apart',
      },
      { what: 'fraud-windows, cold start', measured: result.perSecond, unit: 'events/s' },
      { what: 'fraud-windows, steady', measured: result.steadyPerSecond, unit: 'events/s' },
      {
        what: 'fraud-windows, written, times the input',
        measured: result.writtenBytes / inputBytes,
        unit: 'times',
        aim: atMost(4),
        bound: `journal and copy; ${result.writtenBytes.toFixed(0)} bytes an event`,
      },
      {
        what: 'fraud-windows, receipts, times the feature vector',
        measured: result.receiptBytes / VECTOR_BYTES,
        unit: 'times',
        aim: atMost(1.5),
        bound: `${result.receiptBytes.toFixed(1)} bytes a receipt`,
      },
      {
        what: 'fraud-windows, memory, all processes',
        measured: result.peakMemoryBytes / 1e6,
        unit: 'MB',
      },
      {
        what: 'fraud-windows, payments without a score, or with two',
        measured: checked.missing + checked.repeated,
        unit: '',
        aim: atMost(0),
      },
    ]
    figures.push(
      checked.wrong === undefined
        ? {
            what: 'fraud-windows, golden scores: not here, MILLRACE_SHARED names their folder',
            measured: NaN,
            unit: '',
          }
        : {
            what: 'fraud-windows, scores that are not the golden ones',
            measured: checked.wrong,
            unit: '',
            aim: atMost(0),
          },
    )
    return figures
  },
}
