// Wrong models and labels. Each must not compile; what stands behind the mark must be in the message.
import {
  bandit,
  drift,
  functionModel,
  learner,
  model,
  onnx,
  windowDrift,
} from '../../../src/index.ts'
import {
  adwin,
  ks,
  logisticRegression,
  pipe,
  standardScaler,
  thompson,
} from '../../../src/learning/index.ts'
import { order, orders, returns, rule, Score, shop, shops } from './parts.ts'

const id = (event: { id: string }): string => event.id
const labels = { from: returns, by: id, of: id, within: '1h' } as const
const texts = orders.features('texts', {
  define: (f) => ({ n: f.value((e) => e.text), recent: f.count({ over: '1h' }) }),
})
const byN = functionModel((features: { n: number }) => ({ score: features.n }), { output: Score })
const busy = functionModel((f: { busy: number }) => ({ score: f.busy }), { output: Score })
const judged = { of: orders, input: [order], runtime: rule } as const

// @ts-expect-error feature 'n' has a type this runtime does not take
model('m', { of: orders, input: [texts], runtime: rule })

// @ts-expect-error this runtime takes a feature 'n', which no set of 'input' gives
model('m', { of: orders, input: [shop], runtime: byN })

// @ts-expect-error feature 'busy' has a type this runtime does not take
model('m', { of: orders, input: [shop], runtime: busy })

// @ts-expect-error 'string' is not assignable to type 'LabelValue'
model('m', { ...judged, labels: { ...labels, label: (e) => e.text } })

// @ts-expect-error Type 'number' is not assignable to type 'boolean
model('m', { ...judged, labels: { ...labels, label: (e) => e.n > 1, otherwise: 0 } })

// @ts-expect-error Property 'id' does not exist on type '{ shop: number; at: number; }'
model('m', { ...judged, labels: { ...labels, from: shops, by: (e) => e.id, label: () => true } })

// @ts-expect-error Type '"text"' is not assignable to type '"score"'
model('m', { ...judged, labels: { ...labels, label: () => 1, judges: 'text' } })

// @ts-expect-error Type 'string' is not assignable to type 'undefined'
model('m', { ...judged, labels: { ...labels, label: (e) => e.n > 1, measure: 'numbers' } })

// @ts-expect-error Type '"number"' is not assignable to type 'Measure
model('m', { ...judged, labels: { ...labels, label: (e) => e.n, measure: 'number' } })

// @ts-expect-error Type '"gone"' is not assignable to type
model('m', { ...judged, drift: [drift(adwin(), { of: { feature: 'gone' } })] })

// @ts-expect-error Property ''~drift'' is missing in type 'Detector' but required in type 'Drift<
model('m', { ...judged, drift: [adwin()] })

// @ts-expect-error Type '"errors"' is not assignable to type
drift(adwin(), { of: 'errors' })

const hourly = { window: '1h', reference: 'before' } as const
// @ts-expect-error Type '"gone"' is not assignable to type
model('m', { ...judged, drift: [windowDrift(ks(), { of: [{ feature: 'gone' }], ...hourly })] })

// @ts-expect-error Type '"error"' is not assignable to type
windowDrift(ks(), { of: ['error'], ...hourly })

// @ts-expect-error Type 'LearnerFactory' is missing the following properties from type 'Detector'
drift(logisticRegression())

// @ts-expect-error Type '[]' is not assignable to type
model('m', { of: orders, input: [], runtime: onnx('m.onnx', { output: Score }) })

// @ts-expect-error Type 'string' is not assignable to type 'number'
onnx('m.onnx', { output: Score, fallback: { score: 'high' } })

// @ts-expect-error Type '"drop"' is not assignable to type
onnx('m.onnx', { output: Score, missing: { n: 'drop' } })

// @ts-expect-error Property 'task' is missing in type 'PreparerFactory' but required in type 'LearnerFactory'
learner(standardScaler(), { output: Score })

// @ts-expect-error Type 'LearnerFactory' is not assignable to type 'PreparerFactory'
pipe(logisticRegression(), standardScaler(), logisticRegression())

// @ts-expect-error Type '"none"' is not assignable to type '"call" | "mail"'
bandit(thompson(), { actions: ['mail', 'call'], fallback: 'none' })

// @ts-expect-error Type 'number' is not assignable to type 'string'
bandit(thompson(), { actions: ['mail', 3] })

// @ts-expect-error 'LearnerFactory' is not assignable to parameter of type 'BanditFactory'
bandit(logisticRegression(), { actions: ['mail', 'call'] })

// @ts-expect-error 'BanditFactory' is not assignable to parameter of type 'LearnerFactory'
learner(thompson(), { output: Score })
