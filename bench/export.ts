// What a learner costs as an ONNX file: time to export and to load it, its size, rows it predicts in a second of CPU beside the learner, and how far
// apart they are, over the Electricity data: node bench/export.ts [name]. MILLRACE_SHARED names the folder of the data.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { NumberColumn, VectorColumn } from '../src/contracts/columns.ts'
import type { Learner } from '../src/contracts/learner.ts'
import { HalfSpaceTrees } from '../src/learning/learners/anomaly/half-space-trees.ts'
import { AdaptiveRandomForest } from '../src/learning/learners/ensemble/adaptive-random-forest.ts'
import { LeveragingBagging } from '../src/learning/learners/ensemble/leveraging-bagging.ts'
import { GaussianNaiveBayes } from '../src/learning/learners/gaussian-naive-bayes.ts'
import { LogisticRegression } from '../src/learning/learners/linear/logistic-regression.ts'
import { HoeffdingTree } from '../src/learning/learners/tree/hoeffding-tree.ts'
import { pipe } from '../src/learning/pipe.ts'
import { MinMaxScaler } from '../src/learning/preparation/min-max-scaler.ts'
import { StandardScaler } from '../src/learning/preparation/standard-scaler.ts'
import { exportOnnx } from '../src/models/onnx/export-learner.ts'
import { onnxRuntime } from '../src/models/onnx/onnx-runtime.ts'
import { cpuMillis } from './cpu.ts'

const NAMES = [
  'date',
  'day',
  'period',
  'nswprice',
  'nswdemand',
  'vicprice',
  'vicdemand',
  'transfer',
]
const features = NAMES.length

const file = join(process.env['MILLRACE_SHARED'] ?? '../shared', 'data/elec2.csv.gz')
const [, ...lines] = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')
const cells = lines.map((line) => line.trim().split(','))
const columns = NAMES.map((_, i) => Float64Array.from(cells, (row) => Number(row[i])))
const labels = Float64Array.from(cells, (row) => (row[8] === 'UP' ? 1 : 0))
const rows = labels.length

const learners: Readonly<Record<string, () => Learner>> = {
  'logistic-regression, scaled': () =>
    pipe(new StandardScaler({ features }), new LogisticRegression({ features })),
  'gaussian-naive-bayes': () => new GaussianNaiveBayes({ features, classes: 2 }),
  'hoeffding-tree': () => new HoeffdingTree({ features, classes: 2 }),
  '  majority leaves': () => new HoeffdingTree({ features, classes: 2, leaf: 'majority' }),
  'adaptive-random-forest': () => new AdaptiveRandomForest({ features, classes: 2 }),
  '  majority leaves, scaled': () =>
    pipe(
      new StandardScaler({ features }),
      new AdaptiveRandomForest({ features, classes: 2, leaf: 'majority' }),
    ),
  'leveraging-bagging': () => new LeveragingBagging({ features, classes: 2 }),
  'half-space-trees, scaled': () =>
    pipe(new MinMaxScaler({ features }), new HalfSpaceTrees({ features })),
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]

async function measure(name: string, make: () => Learner): Promise<void> {
  const learner = make()
  learner.learn({ columns, from: 0, to: rows }, labels)
  const times = Array.from({ length: 5 }, () => {
    const start = cpuMillis()
    exportOnnx(learner, { features: NAMES })
    return cpuMillis() - start
  })
  const bytes = exportOnnx(learner, { features: NAMES })
  const start = performance.now()
  const infos = NAMES.map((each) => ({ name: each, kind: 'number' as const }))
  const spec = { kind: 'onnx', path: undefined, options: {} }
  const model = await onnxRuntime().load(bytes, infos, spec)
  const load = performance.now() - start
  const given = columns.map((values) => ({ kind: 'number' as const, values, marks: undefined }))
  const before = cpuMillis()
  const { outputs } = await model.score(given, rows)
  const byFile = (rows * 1000) / (cpuMillis() - before)
  const expected = new Float64Array(rows * learner.outputs)
  const then = cpuMillis()
  learner.predict({ columns, from: 0, to: rows }, expected)
  const byLearner = (rows * 1000) / (cpuMillis() - then)
  const found = (outputs[0] as NumberColumn | VectorColumn).values
  const apart = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i])), 0)
  let others = 0
  if (learner.outputs === 2) {
    const said = (outputs[1] as NumberColumn).values
    for (let row = 0; row < rows; row++) {
      if (said[row] !== (expected[2 * row + 1] > expected[2 * row] ? 1 : 0)) others++
    }
  }
  const shown = (value: number): string => Math.round(value).toLocaleString('en').padStart(10)
  console.log(
    `${name.padEnd(28)}${shown(bytes.length)} bytes, export ${median(times).toFixed(1).padStart(6)} ms, load ${load.toFixed(0).padStart(4)} ms;` +
      `${shown(byFile)} rows/s, learner${shown(byLearner)}; apart ${apart.toExponential(1)}, other labels ${others}; ${model.path.split(',')[0]}`,
  )
  await model.close()
}

console.log(
  `${rows} rows of Elec2, 8 features, after learning all of them; export: CPU, median of 5`,
)
for (const [name, make] of Object.entries(learners)) {
  if (name.includes(process.argv[2] ?? '')) await measure(name, make)
}
