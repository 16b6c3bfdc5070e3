// What drift detectors say of streams that do not change, and how soon they tell those that do: node bench/false-alarms.ts [seeds] [stream].
// False alarms are counted over 100,000 rows a seed, against the budget that the detector states; delays are medians over the seeds.
import { Prng } from '../src/base/prng.ts'
import { DRIFT, type Detector } from '../src/contracts/detector.ts'
import { Adwin } from '../src/learning/drift/adwin.ts'
import { Ddm } from '../src/learning/drift/ddm.ts'
import { Eddm } from '../src/learning/drift/eddm.ts'
import { Fhddm } from '../src/learning/drift/fhddm.ts'
import { HddmA } from '../src/learning/drift/hddm-a.ts'
import { HddmW } from '../src/learning/drift/hddm-w.ts'
import { Kswin } from '../src/learning/drift/kswin.ts'
import { PageHinkley } from '../src/learning/drift/page-hinkley.ts'
import { agrawal } from '../src/learning/generators/agrawal.ts'
import { conceptDrift } from '../src/learning/generators/concept-drift.ts'
import type { Generator } from '../src/learning/generators/generator.ts'
import { hyperplane } from '../src/learning/generators/hyperplane.ts'
import { normal } from '../src/learning/generators/normal.ts'
import { sea } from '../src/learning/generators/sea.ts'
import { GaussianNaiveBayes } from '../src/learning/learners/gaussian-naive-bayes.ts'
import { LogisticRegression } from '../src/learning/learners/linear/logistic-regression.ts'
import { pipe } from '../src/learning/pipe.ts'
import { StandardScaler } from '../src/learning/preparation/standard-scaler.ts'

const ROWS = 100_000
const DRIFT_AT = 20_000
/** Rows a learner has to settle before its errors are watched. */
const SETTLING = 20_000

type Stream = () => number

/** Errors of a learner that goes on learning, as it makes them. */
function errors(generator: Generator, how: 'linear' | 'bayes'): Stream {
  const features = generator.features.length
  const learner =
    how === 'linear'
      ? pipe(new StandardScaler({ features }), new LogisticRegression({ features }))
      : new GaussianNaiveBayes({ features, classes: 2 })
  const x = new Float64Array(features)
  const columns = Array.from({ length: features }, () => new Float64Array(1))
  const label = new Float64Array(1)
  const out = new Float64Array(2)
  const next = (): number => {
    label[0] = generator.next(x)
    columns.forEach((column, i) => (column[0] = x[i]))
    learner.predict({ columns, from: 0, to: 1 }, out)
    learner.learn({ columns, from: 0, to: 1 }, label)
    return (out[1] > out[0] ? 1 : 0) === label[0] ? 0 : 1
  }
  for (let row = 0; row < SETTLING; row++) next()
  return next
}

function bits(share: number, seed: number): Stream {
  const random = new Prng(seed)
  return () => (random.chance(share) ? 1 : 0)
}

function numbers(seed: number): Stream {
  const random = new Prng(seed)
  return () => normal(random)
}

const STILL: Readonly<Record<string, (seed: number) => Stream>> = {
  'bits .05': (seed) => bits(0.05, seed),
  'bits .2': (seed) => bits(0.2, seed),
  'bits .3': (seed) => bits(0.3, seed),
  'bits .4': (seed) => bits(0.4, seed),
  'bits .5': (seed) => bits(0.5, seed),
  'SEA linear': (seed) => errors(sea({ seed }), 'linear'),
  'Agrawal bayes': (seed) => errors(agrawal({ concept: 2, seed }), 'bayes'),
  'hyperplane linear': (seed) => errors(hyperplane({ seed }), 'linear'),
  'numbers N(0,1)': numbers,
}

/** Streams that change for the worse at row 20,000. */
const CHANGING: Readonly<Record<string, (seed: number) => Stream>> = {
  'bits .2 to .3': (seed) => step(bits(0.2, seed), bits(0.3, seed + 1)),
  'bits .2 to .5': (seed) => step(bits(0.2, seed), bits(0.5, seed + 1)),
  'SEA linear, abrupt': (seed) => {
    const [from, to] = [sea({ seed, concept: 2 }), sea({ seed: seed + 1, concept: 3 })]
    return errors(conceptDrift({ from, to, at: SETTLING + DRIFT_AT, seed }), 'linear')
  },
  'Agrawal bayes, over 2,000': (seed) => {
    const [from, to] = [agrawal({ concept: 2, seed }), agrawal({ concept: 3, seed: seed + 1 })]
    return errors(conceptDrift({ from, to, at: SETTLING + DRIFT_AT, over: 2000, seed }), 'bayes')
  },
}

function step(from: Stream, to: Stream): Stream {
  let row = 0
  return () => (row++ < DRIFT_AT ? from : to)()
}

const DETECTORS: Readonly<Record<string, () => Detector>> = {
  adwin: () => new Adwin(),
  'page-hinkley': () => new PageHinkley(),
  ddm: () => new Ddm(),
  eddm: () => new Eddm(),
  'hddm-a': () => new HddmA(),
  'hddm-w': () => new HddmW(),
  fhddm: () => new Fhddm(),
  kswin: () => new Kswin(),
}

/** FHDDM looks for a fall of the share of right answers; the others for a rise of the errors. */
const turned = (name: string, value: number): number => (name === 'fhddm' ? 1 - value : value)

const seeds = Number(process.argv[2] ?? 10)
/** Whether this stream is asked for: all are where none is named. */
const asked = (stream: string): boolean =>
  process.argv[3] === undefined || stream.includes(process.argv[3])

console.log(
  `false alarms in ${seeds} x ${ROWS} rows without a change; "over" where it is above the budget`,
)
for (const [stream, make] of Object.entries(STILL)) {
  if (!asked(stream)) continue
  const detectors = Object.entries(DETECTORS).map(([name, of]) => ({ name, of, alarms: 0 }))
  for (let seed = 1; seed <= seeds; seed++) {
    const next = make(seed)
    const fresh = detectors.map(({ of }) => of())
    const takes = fresh.map(({ input }) => input === 'numbers' || !stream.startsWith('numbers'))
    for (let row = 0; row < ROWS; row++) {
      const value = next()
      detectors.forEach((each, i) => {
        if (takes[i] && fresh[i].update(turned(each.name, value)) === DRIFT) each.alarms++
      })
    }
  }
  for (const { name, of, alarms } of detectors) {
    const { input, rowsBetweenFalseAlarms: budget } = of()
    if (input === 'bits' && stream.startsWith('numbers')) continue
    const allowed = budget === undefined ? undefined : (seeds * ROWS) / budget
    const over = allowed !== undefined && alarms > allowed ? 'over' : ''
    console.log(
      `${stream.padEnd(22)} ${name.padEnd(13)} ${String(alarms).padStart(6)} of ${allowed === undefined ? '-' : Math.round(allowed)} ${over}`,
    )
  }
}

console.log(
  `\nrows until a change is told (median), and changes of ${seeds} not told within 5,000 rows`,
)
for (const [stream, make] of Object.entries(CHANGING)) {
  if (!asked(stream)) continue
  const delays = new Map<string, number[]>(Object.keys(DETECTORS).map((name) => [name, []]))
  for (let seed = 1; seed <= seeds; seed++) {
    const next = make(100 * seed)
    const fresh = Object.entries(DETECTORS).map(([name, of]) => [name, of()] as const)
    for (let row = 0; row < DRIFT_AT + 5000; row++) {
      const value = next()
      for (const [name, detector] of fresh) {
        const told = delays.get(name) ?? []
        const signal = detector.update(turned(name, value))
        if (signal === DRIFT && row >= DRIFT_AT && told.length < seed) told.push(row - DRIFT_AT)
      }
    }
    for (const told of delays.values()) if (told.length < seed) told.push(Infinity)
  }
  for (const [name, told] of delays) {
    const median = told.sort((a, b) => a - b)[Math.floor(told.length / 2)]
    const missed = told.filter((delay) => delay === Infinity).length
    console.log(
      `${stream.padEnd(26)} ${name.padEnd(13)} ${(median === Infinity ? '> 5000' : String(median)).padStart(8)} ${missed}`,
    )
  }
}
