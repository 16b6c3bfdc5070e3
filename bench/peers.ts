// Learners beside the same ones of River and MOA, on the same rows of Elec2 in the same run, in rows a second of CPU, as a table for
// docs/bench.md: node bench/peers.ts [name]. MILLRACE_SHARED is the folder of the data, RIVER_PYTHON a Python that has River, MOA_JAR MOA's jar
// (that of the wheel of CapyMOA will do); who is not there is left out.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Learner } from '../src/contracts/learner.ts'
import { HalfSpaceTrees } from '../src/learning/learners/anomaly/half-space-trees.ts'
import { GaussianScorer } from '../src/learning/learners/anomaly/gaussian-scorer.ts'
import { BernoulliNaiveBayes } from '../src/learning/learners/bayes/bernoulli-naive-bayes.ts'
import {
  ComplementNaiveBayes,
  MultinomialNaiveBayes,
} from '../src/learning/learners/bayes/multinomial-naive-bayes.ts'
import { DbStream } from '../src/learning/learners/clusters/db-stream.ts'
import { KMeans } from '../src/learning/learners/clusters/k-means.ts'
import { FactorizationMachine } from '../src/learning/learners/recommendation/factorization-machine.ts'
import { MatrixFactorization } from '../src/learning/learners/recommendation/matrix-factorization.ts'
import { AmRules } from '../src/learning/learners/rules/am-rules.ts'
import { AdaptiveRandomForest } from '../src/learning/learners/ensemble/adaptive-random-forest.ts'
import { AdwinBagging } from '../src/learning/learners/ensemble/adwin-bagging.ts'
import { LeveragingBagging } from '../src/learning/learners/ensemble/leveraging-bagging.ts'
import { GaussianNaiveBayes } from '../src/learning/learners/gaussian-naive-bayes.ts'
import { adam } from '../src/learning/learners/linear/adam.ts'
import { ftrl } from '../src/learning/learners/linear/ftrl.ts'
import { Alma } from '../src/learning/learners/linear/alma.ts'
import { LogisticRegression } from '../src/learning/learners/linear/logistic-regression.ts'
import { PassiveAggressiveClassifier } from '../src/learning/learners/linear/passive-aggressive.ts'
import { NeighboursClassifier } from '../src/learning/learners/nearest-neighbours.ts'
import { HoeffdingTree } from '../src/learning/learners/tree/hoeffding-tree.ts'
import { pipe } from '../src/learning/pipe.ts'
import { MinMaxScaler } from '../src/learning/preparation/min-max-scaler.ts'
import { RobustScaler } from '../src/learning/preparation/robust-scaler.ts'
import { StandardScaler } from '../src/learning/preparation/standard-scaler.ts'
import { cpuMicros } from './cpu.ts'

interface Peers {
  readonly name: string
  readonly own: () => Learner
  readonly river: string
  readonly moa?: string
  /** The columns it is given. Default all. */
  readonly columns?: readonly number[]
  /** The column that is its label, where it learns a number. Default the class. */
  readonly target?: number
  /** The first of the file. Default all; River's ensembles take minutes over all, and become slower as they go. */
  readonly rows?: number
}

const features = 8
const both = { features, classes: 2 }
const scaled = (learner: Learner): Learner => pipe(new StandardScaler({ features }), learner)
const S = 'preprocessing.StandardScaler()'
const LOGISTIC = 'linear_model.LogisticRegression'
const FEW = 10_000

const PEERS: readonly Peers[] = [
  {
    name: 'logistic regression, SGD, scaled',
    own: () => scaled(new LogisticRegression({ features })),
    river: `${S} | ${LOGISTIC}(optim.SGD(.01))`,
  },
  {
    name: 'logistic regression, Adam, scaled',
    own: () => scaled(new LogisticRegression({ features, optimizer: adam() })),
    river: `${S} | ${LOGISTIC}(optim.Adam(.1))`,
  },
  {
    name: 'logistic regression, FTRL, scaled',
    own: () => scaled(new LogisticRegression({ features, optimizer: ftrl() })),
    river: `${S} | ${LOGISTIC}(optim.FTRLProximal())`,
  },
  {
    name: 'passive-aggressive, scaled',
    own: () => scaled(new PassiveAggressiveClassifier({ features })),
    river: `${S} | linear_model.PAClassifier()`,
  },
  {
    name: 'ALMA, scaled',
    own: () => scaled(new Alma({ features })),
    river: `${S} | linear_model.ALMAClassifier()`,
  },
  {
    name: 'Gaussian naive Bayes',
    own: () => new GaussianNaiveBayes(both),
    river: 'naive_bayes.GaussianNB()',
    moa: 'bayes.NaiveBayes',
  },
  {
    name: 'nearest neighbours, window 1000',
    own: () => scaled(new NeighboursClassifier({ ...both, window: 1000 })),
    river: `${S} | neighbors.KNNClassifier(5, engine=neighbors.LazySearch(1000))`,
    moa: 'lazy.kNN -k 5 -w 1000',
    rows: FEW,
  },
  {
    name: 'Hoeffding tree',
    own: () => new HoeffdingTree(both),
    river: 'tree.HoeffdingTreeClassifier()',
    moa: 'trees.HoeffdingTree -g 200 -c 0.0000001 -t 0.05',
  },
  {
    name: 'Hoeffding tree, majority leaves',
    own: () => new HoeffdingTree({ ...both, leaf: 'majority' }),
    river: "tree.HoeffdingTreeClassifier(leaf_prediction='mc')",
    moa: 'trees.HoeffdingTree -g 200 -c 0.0000001 -t 0.05 -l MC',
  },
  {
    name: 'ADWIN bagging, 10 trees',
    own: () => new AdwinBagging(both),
    river: 'ensemble.ADWINBaggingClassifier(tree.HoeffdingTreeClassifier(), 10)',
    moa: 'meta.OzaBagAdwin -l (trees.HoeffdingTree -g 200 -c 0.0000001) -s 10',
    rows: FEW,
  },
  {
    name: 'leveraging bagging, 10 trees',
    own: () => new LeveragingBagging(both),
    river: 'ensemble.LeveragingBaggingClassifier(tree.HoeffdingTreeClassifier(), 10)',
    moa: 'meta.LeveragingBag -l (trees.HoeffdingTree -g 200 -c 0.0000001) -s 10',
    rows: FEW,
  },
  {
    name: 'adaptive random forest, 10 trees',
    own: () => new AdaptiveRandomForest(both),
    river: 'forest.ARFClassifier(10)',
    moa: 'meta.AdaptiveRandomForest -s 10',
    rows: FEW,
  },
  {
    name: 'half-space trees',
    own: () => pipe(new MinMaxScaler({ features }), new HalfSpaceTrees({ features })),
    river:
      'preprocessing.MinMaxScaler() | anomaly.HalfSpaceTrees(n_trees=10, height=8, window_size=250)',
  },
  {
    name: 'Gaussian scorer, window 1000',
    own: () => new GaussianScorer({ features: 1, window: 1000 }),
    columns: [3],
    river: 'anomaly.GaussianScorer(window_size=1000)',
  },
  {
    name: 'Bernoulli naive Bayes',
    own: () => new BernoulliNaiveBayes({ ...both, threshold: 0.5 }),
    river: 'naive_bayes.BernoulliNB(true_threshold=.5)',
  },
  {
    name: 'multinomial naive Bayes',
    own: () => new MultinomialNaiveBayes(both),
    river: 'naive_bayes.MultinomialNB()',
  },
  {
    name: 'complement naive Bayes',
    own: () => new ComplementNaiveBayes(both),
    river: 'naive_bayes.ComplementNB()',
  },
  {
    name: 'robust scaler, logistic regression',
    own: () => pipe(new RobustScaler({ features }), new LogisticRegression({ features })),
    river: `preprocessing.RobustScaler() | ${LOGISTIC}(optim.SGD(.01))`,
  },
  {
    name: 'k-means, 5 clusters',
    own: () => new KMeans({ features, rate: 0.05 }),
    river: 'cluster.KMeans(5, halflife=.05, sigma=.2, mu=.5, seed=1)',
  },
  {
    name: 'DBSTREAM',
    own: () => new DbStream({ features, radius: 0.5, cleanup: 100 }),
    river: 'cluster.DBSTREAM(clustering_threshold=.5, cleanup_interval=100)',
    rows: FEW,
  },
  {
    name: 'AMRules, scaled',
    own: () => scaled(new AmRules({ features })),
    river: `${S} | rules.AMRules()`,
    target: 4,
  },
  {
    name: 'matrix factorisation, 10 factors',
    own: () => new MatrixFactorization(),
    columns: [2, 1],
    river: 'reco.BiasedMF(10, optim.SGD(.025), optim.SGD(.05))',
  },
  {
    name: 'factorisation machine, 10 factors, scaled',
    own: () => scaled(new FactorizationMachine({ features, task: 'classes' })),
    river: `${S} | facto.FMClassifier(10)`,
  },
]

/** Compilers need some passes; of each the fastest counts. */
const PASSES = 10
const RIVER_PASSES = 3
const file = join(process.env['MILLRACE_SHARED'] ?? '../shared', 'data/elec2.csv.gz')
const text = gunzipSync(readFileSync(file)).toString()
const [, ...cells] = text
  .trimEnd()
  .split('\n')
  .map((line) => line.trim().split(','))
const columns = Array.from({ length: features }, (_, i) =>
  Float64Array.from(cells, (row) => Number(row[i])),
)
const labels = Float64Array.from(cells, (row) => (row[8] === 'UP' ? 1 : 0))

/** Rows a second of CPU, and the share of right answers, of a pass. */
type Pass = readonly [rate: number, right: number]

function ownPass({ own, columns: taken, target }: Peers, rows: number): Pass {
  const learner = own()
  const wanted = target === undefined ? labels : columns[target]
  const out = new Float64Array(learner.outputs)
  const given = taken?.map((i) => columns[i]) ?? columns
  const at = { columns: given, from: 0, to: 0 }
  let right = 0
  const start = cpuMicros()
  for (let row = 0; row < rows; row++) {
    at.from = row
    at.to = row + 1
    learner.predict(at, out)
    if ((out[1] > out[0] ? 1 : 0) === wanted[row]) right++
    learner.learn(at, wanted)
  }
  return [(rows * 1e6) / (cpuMicros() - start), right / rows]
}

function passesOf(output: string): Pass[] {
  return output
    .trimEnd()
    .split('\n')
    .map((line): Pass => {
      const [rate, right] = line.split(' ').map(Number)
      return [rate, right]
    })
}

function run(program: string, args: readonly string[]): Pass[] {
  return passesOf(
    execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
  )
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1]
const rateOf = (passes: readonly Pass[]): number => Math.max(...passes.map(([rate]) => rate))
const shown = (rate: number): string => Number(rate.toPrecision(3)).toLocaleString('en')
const times = (own: number, other: number): string => `${Number((own / other).toPrecision(2))}x`

const folder = mkdtempSync(join(tmpdir(), 'millrace-peers-'))
const plain = join(folder, 'elec2.csv')
writeFileSync(plain, text)
const python = process.env['RIVER_PYTHON']
const jar = process.env['MOA_JAR']
const here = (name: string): string => join(import.meta.dirname, 'peers', name)

console.log('| learner | rows | Millrace | River | | MOA | | right answers |')
console.log('|---|---|---|---|---|---|---|---|')
for (const peers of PEERS) {
  const { name, own, river, moa, rows = labels.length } = peers
  if (!name.includes(process.argv[2] ?? '')) continue
  const ours = Array.from({ length: PASSES }, () => ownPass(peers, rows))
  const rate = rateOf(ours)
  const theirs =
    python === undefined
      ? undefined
      : run(python, [
          here('river_learners.py'),
          file,
          `${rows}`,
          rows === FEW ? '1' : `${RIVER_PASSES}`,
          river,
        ])
  const java =
    jar === undefined || moa === undefined
      ? undefined
      : run('java', ['-cp', jar, here('MoaLearners.java'), plain, `${rows}`, `${PASSES}`, moa])
  const right = [ours, theirs, java].map((passes) =>
    passes === undefined ? '-' : median(passes.map(([, share]) => share)).toFixed(4),
  )
  const beside = (other: number | undefined): string =>
    other === undefined ? '- | ' : `${shown(other)} | ${times(rate, other)}`
  const answers = own().task !== 'classes' ? '' : right.join(', ')
  console.log(
    `| ${name} | ${rows.toLocaleString('en')} | ${shown(rate)} | ${beside(theirs && rateOf(theirs))} | ${beside(java && rateOf(java))} | ${answers} |`,
  )
}
rmSync(folder, { recursive: true })
