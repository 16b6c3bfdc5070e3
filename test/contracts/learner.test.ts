// The contract suite on every learner there is, and on a pipe.
import { HalfSpaceTrees } from '../../src/learning/learners/anomaly/half-space-trees.ts'
import { GaussianScorer } from '../../src/learning/learners/anomaly/gaussian-scorer.ts'
import { QuantileScorer } from '../../src/learning/learners/anomaly/quantile-scorer.ts'
import { RobustRandomCutForest } from '../../src/learning/learners/anomaly/robust-random-cut-forest.ts'
import { StandardAbsoluteDeviation } from '../../src/learning/learners/anomaly/standard-absolute-deviation.ts'
import { DbStream } from '../../src/learning/learners/clusters/db-stream.ts'
import { KMeans } from '../../src/learning/learners/clusters/k-means.ts'
import { GaussianNaiveBayes } from '../../src/learning/learners/gaussian-naive-bayes.ts'
import { adaGrad } from '../../src/learning/learners/linear/ada-grad.ts'
import { adam } from '../../src/learning/learners/linear/adam.ts'
import { Alma } from '../../src/learning/learners/linear/alma.ts'
import { BayesianLinearRegression } from '../../src/learning/learners/linear/bayesian-linear-regression.ts'
import { ftrl } from '../../src/learning/learners/linear/ftrl.ts'
import { LinearRegression } from '../../src/learning/learners/linear/linear-regression.ts'
import { LogisticRegression } from '../../src/learning/learners/linear/logistic-regression.ts'
import {
  PassiveAggressiveClassifier,
  PassiveAggressiveRegressor,
} from '../../src/learning/learners/linear/passive-aggressive.ts'
import { Perceptron } from '../../src/learning/learners/linear/perceptron.ts'
import { rmsProp } from '../../src/learning/learners/linear/rms-prop.ts'
import { SoftmaxRegression } from '../../src/learning/learners/linear/softmax-regression.ts'
import { sgd } from '../../src/learning/learners/linear/sgd.ts'
import { AdaptiveRandomForest } from '../../src/learning/learners/ensemble/adaptive-random-forest.ts'
import { AdaptiveRandomForestRegressor } from '../../src/learning/learners/ensemble/adaptive-random-forest-regressor.ts'
import { AdwinBagging } from '../../src/learning/learners/ensemble/adwin-bagging.ts'
import { LeveragingBagging } from '../../src/learning/learners/ensemble/leveraging-bagging.ts'
import { OzaBoosting } from '../../src/learning/learners/ensemble/oza-boosting.ts'
import { OzaBagging } from '../../src/learning/learners/ensemble/oza-bagging.ts'
import { StreamingRandomPatches } from '../../src/learning/learners/ensemble/streaming-random-patches.ts'
import { ExtremelyFastDecisionTree } from '../../src/learning/learners/tree/extremely-fast-decision-tree.ts'
import { HoeffdingAdaptiveTree } from '../../src/learning/learners/tree/hoeffding-adaptive-tree.ts'
import { HoeffdingAdaptiveTreeRegressor } from '../../src/learning/learners/tree/hoeffding-adaptive-tree-regressor.ts'
import { HoeffdingTree } from '../../src/learning/learners/tree/hoeffding-tree.ts'
import { HoeffdingTreeRegressor } from '../../src/learning/learners/tree/hoeffding-tree-regressor.ts'
import {
  NeighboursClassifier,
  NeighboursRegressor,
} from '../../src/learning/learners/nearest-neighbours.ts'
import { pipe } from '../../src/learning/pipe.ts'
import { MaxAbsScaler } from '../../src/learning/preparation/max-abs-scaler.ts'
import { MinMaxScaler } from '../../src/learning/preparation/min-max-scaler.ts'
import { StandardScaler } from '../../src/learning/preparation/standard-scaler.ts'
import { BernoulliNaiveBayes } from '../../src/learning/learners/bayes/bernoulli-naive-bayes.ts'
import {
  ComplementNaiveBayes,
  MultinomialNaiveBayes,
} from '../../src/learning/learners/bayes/multinomial-naive-bayes.ts'
import { Balanced } from '../../src/learning/imbalance/balanced.ts'
import { Calibrated } from '../../src/learning/imbalance/calibrated.ts'
import { ClassWeights } from '../../src/learning/imbalance/class-weights.ts'
import { AmRules } from '../../src/learning/learners/rules/am-rules.ts'
import { PerKey } from '../../src/learning/learners/per-key.ts'
import { FactorizationMachine } from '../../src/learning/learners/recommendation/factorization-machine.ts'
import { MatrixFactorization } from '../../src/learning/learners/recommendation/matrix-factorization.ts'
import { learnerContract } from './learner-contract.ts'

learnerContract('logistic-regression', {
  make: (features) => new LogisticRegression({ features }),
  other: (features) => new LogisticRegression({ features, optimizer: sgd(0.02) }),
})
learnerContract('logistic-regression with l1', {
  make: (features) => new LogisticRegression({ features, l1: 0.001 }),
  other: (features) => new LogisticRegression({ features, positiveWeight: 2, l1: 0.001 }),
})
learnerContract('logistic-regression by ada-grad', {
  make: (features) => new LogisticRegression({ features, optimizer: adaGrad(), l2: 0.001 }),
  other: (features) => new LogisticRegression({ features, optimizer: adaGrad() }),
})
learnerContract('logistic-regression by adam', {
  make: (features) => new LogisticRegression({ features, optimizer: adam() }),
  other: (features) => new LogisticRegression({ features, optimizer: adam({ rate: 0.2 }) }),
})
learnerContract('logistic-regression by rms-prop', {
  make: (features) => new LogisticRegression({ features, optimizer: rmsProp() }),
  other: (features) => new LogisticRegression({ features, optimizer: rmsProp({ rho: 0.8 }) }),
})
learnerContract('logistic-regression by ftrl', {
  make: (features) => new LogisticRegression({ features, optimizer: ftrl({ l1: 0.1 }) }),
  other: (features) => new LogisticRegression({ features, optimizer: ftrl() }),
})
learnerContract('perceptron', {
  make: (features) => new Perceptron({ features }),
  other: (features) => new LogisticRegression({ features }),
})
learnerContract('passive-aggressive-classifier', {
  make: (features) => new PassiveAggressiveClassifier({ features }),
  other: (features) => new PassiveAggressiveClassifier({ features, mode: 2 }),
})
learnerContract('alma', {
  make: (features) => new Alma({ features }),
  other: (features) => new Alma({ features, alpha: 0.8 }),
})
learnerContract('softmax-regression', {
  make: (features) =>
    new SoftmaxRegression({ features, classes: 3, optimizer: adam({ rate: 0.02 }) }),
  other: (features) =>
    new SoftmaxRegression({ features, classes: 4, optimizer: adam({ rate: 0.02 }) }),
  reaches: 0.75,
})
learnerContract('linear-regression', {
  make: (features) => new LinearRegression({ features }),
  other: (features) => new LinearRegression({ features, clip: 10 }),
})
learnerContract('bayesian-linear-regression', {
  make: (features) => new BayesianLinearRegression({ features }),
  other: (features) => new BayesianLinearRegression({ features, beta: 2 }),
  quadratic: true,
})
learnerContract('passive-aggressive-regressor', {
  make: (features) => new PassiveAggressiveRegressor({ features, c: 0.1 }),
  other: (features) => new PassiveAggressiveRegressor({ features, c: 0.1, epsilon: 0.2 }),
  reaches: 0.7,
})
learnerContract('a pipe', {
  make: (features) => pipe(new StandardScaler({ features }), new LogisticRegression({ features })),
  other: (features) => pipe(new StandardScaler({ features }), new Alma({ features })),
})
learnerContract('hoeffding-tree', {
  make: (features) => new HoeffdingTree({ features, classes: 3, grace: 50 }),
  other: (features) => new HoeffdingTree({ features, classes: 3, grace: 40 }),
})
learnerContract('hoeffding-tree with little memory', {
  make: (features) =>
    new HoeffdingTree({ features, classes: 2, grace: 20, delta: 0.1, maxBytes: 6000 }),
  other: (features) => new HoeffdingTree({ features, classes: 2, maxBytes: 6000, leaf: 'bayes' }),
})
learnerContract('hoeffding-adaptive-tree', {
  make: (features) => new HoeffdingAdaptiveTree({ features, classes: 3, grace: 50 }),
  other: (features) => new HoeffdingAdaptiveTree({ features, classes: 3, grace: 50, seed: 2 }),
})
learnerContract('extremely-fast-decision-tree', {
  make: (features) => new ExtremelyFastDecisionTree({ features, classes: 3, grace: 50 }),
  other: (features) =>
    new ExtremelyFastDecisionTree({ features, classes: 3, grace: 50, reevaluateEvery: 10 }),
})
learnerContract('hoeffding-tree-regressor', {
  make: (features) => new HoeffdingTreeRegressor({ features, grace: 50, rate: 0.005 }),
  other: (features) => new HoeffdingTreeRegressor({ features, grace: 40, rate: 0.005 }),
})
learnerContract('hoeffding-tree-regressor with means and little memory', {
  make: (features) =>
    new HoeffdingTreeRegressor({ features, grace: 20, leaf: 'mean', tau: 1, maxBytes: 8000 }),
  other: (features) => new HoeffdingTreeRegressor({ features, leaf: 'mean', maxBytes: 8000 }),
  reaches: 0.7,
})
learnerContract('oza-bagging', {
  make: (features) => new OzaBagging({ features, classes: 2, members: 3, grace: 30 }),
  other: (features) => new OzaBagging({ features, classes: 2, members: 3, grace: 30, seed: 2 }),
  rows: 500,
})
learnerContract('hoeffding-adaptive-tree-regressor', {
  make: (features) => new HoeffdingAdaptiveTreeRegressor({ features, grace: 50, rate: 0.005 }),
  other: (features) =>
    new HoeffdingAdaptiveTreeRegressor({ features, grace: 50, rate: 0.005, seed: 2 }),
  exports: false,
})
learnerContract('adaptive-random-forest-regressor', {
  make: (features) => new AdaptiveRandomForestRegressor({ features, members: 3, rate: 0.005 }),
  other: (features) =>
    new AdaptiveRandomForestRegressor({ features, members: 3, rate: 0.005, seed: 2 }),
  rows: 500,
})
learnerContract('adaptive-random-forest-regressor of means, of an even number of trees', {
  make: (features) =>
    new AdaptiveRandomForestRegressor({ features, members: 4, leaf: 'mean', grace: 30 }),
  other: (features) => new AdaptiveRandomForestRegressor({ features, members: 4, leaf: 'mean' }),
  rows: 500,
  reaches: 0.5,
})
learnerContract('oza-boosting', {
  make: (features) => new OzaBoosting({ features, classes: 2, members: 3, grace: 30 }),
  other: (features) => new OzaBoosting({ features, classes: 2, members: 3, grace: 30, seed: 2 }),
  rows: 500,
})
learnerContract('streaming-random-patches', {
  make: (features) => new StreamingRandomPatches({ features, classes: 2, members: 3, grace: 30 }),
  other: (features) =>
    new StreamingRandomPatches({ features, classes: 2, members: 3, grace: 30, seed: 2 }),
  rows: 500,
})
learnerContract('adwin-bagging', {
  make: (features) => new AdwinBagging({ features, classes: 2, members: 3, grace: 30 }),
  other: (features) => new AdwinBagging({ features, classes: 2, members: 3, grace: 30, seed: 2 }),
  rows: 500,
})
learnerContract('leveraging-bagging', {
  make: (features) => new LeveragingBagging({ features, classes: 2, members: 3, grace: 30 }),
  other: (features) =>
    new LeveragingBagging({ features, classes: 2, members: 3, grace: 30, seed: 2 }),
  rows: 500,
})
learnerContract('adaptive-random-forest', {
  make: (features) => new AdaptiveRandomForest({ features, classes: 2, members: 3, grace: 30 }),
  other: (features) =>
    new AdaptiveRandomForest({ features, classes: 2, members: 3, grace: 30, seed: 2 }),
  rows: 500,
})
learnerContract('gaussian-naive-bayes', {
  make: (features) => new GaussianNaiveBayes({ features, classes: 3 }),
  other: (features) => new GaussianNaiveBayes({ features, classes: 4 }),
})
learnerContract('neighbours-classifier', {
  make: (features) => new NeighboursClassifier({ features, classes: 2, window: 300 }),
  other: (features) => new NeighboursClassifier({ features, classes: 2, window: 200 }),
  exports: false,
})
learnerContract('neighbours-regressor', {
  make: (features) => new NeighboursRegressor({ features, window: 300 }),
  other: (features) => new NeighboursRegressor({ features, window: 300, neighbours: 4 }),
  exports: false,
})
learnerContract('half-space-trees', {
  make: (features) => new HalfSpaceTrees({ features, height: 5, window: 100 }),
  other: (features) => new HalfSpaceTrees({ features, height: 5, window: 100, seed: 2 }),
})
learnerContract('hoeffding-tree with majority leaves behind a scaler', {
  make: (features) =>
    pipe(
      new StandardScaler({ features }),
      new HoeffdingTree({ features, classes: 2, grace: 50, delta: 0.1, leaf: 'majority' }),
    ),
  other: (features) =>
    pipe(new StandardScaler({ features }), new HoeffdingTree({ features, classes: 2 })),
})
learnerContract('adaptive-random-forest with majority leaves', {
  make: (features) =>
    new AdaptiveRandomForest({ features, classes: 2, members: 3, leaf: 'majority' }),
  other: (features) => new AdaptiveRandomForest({ features, classes: 2, members: 4 }),
  rows: 500,
})
learnerContract('half-space-trees behind a scaler', {
  make: (features) =>
    pipe(new MinMaxScaler({ features }), new HalfSpaceTrees({ features, height: 5, window: 100 })),
  other: (features) => pipe(new MinMaxScaler({ features }), new HalfSpaceTrees({ features })),
})
learnerContract('a pipe of three', {
  make: (features) =>
    pipe(new MinMaxScaler({ features }), new MaxAbsScaler({ features }), new Alma({ features })),
  other: (features) => pipe(new MaxAbsScaler({ features }), new Alma({ features })),
})
learnerContract('bernoulli-naive-bayes', {
  make: (features) => new BernoulliNaiveBayes({ features, classes: 2, threshold: 0.5 }),
  other: (features) => new BernoulliNaiveBayes({ features, classes: 2 }),
})
learnerContract('multinomial-naive-bayes', {
  make: (features) => new MultinomialNaiveBayes({ features, classes: 2 }),
  other: (features) => new MultinomialNaiveBayes({ features, classes: 2, alpha: 2 }),
})
learnerContract('complement-naive-bayes', {
  make: (features) => new ComplementNaiveBayes({ features, classes: 2 }),
  other: (features) => new ComplementNaiveBayes({ features, classes: 2, alpha: 2 }),
})
learnerContract('class weights around a learner', {
  make: (features) =>
    new ClassWeights({ learner: new LogisticRegression({ features }), weights: [0.5, 2.5] }),
  other: (features) =>
    new ClassWeights({ learner: new LogisticRegression({ features }), weights: [0.5, 2] }),
})
learnerContract('a learner balanced by under sampling', {
  make: (features) =>
    new Balanced({
      learner: new GaussianNaiveBayes({ features, classes: 2 }),
      by: 'under',
      shares: [1, 3],
    }),
  other: (features) =>
    new Balanced({ learner: new GaussianNaiveBayes({ features, classes: 2 }), by: 'over' }),
})
learnerContract('a calibrated learner', {
  make: (features) => new Calibrated({ learner: new Perceptron({ features }) }),
  other: (features) => new Calibrated({ learner: new Perceptron({ features }), rate: 0.1 }),
})
learnerContract('gaussian-scorer', {
  make: (features) => new GaussianScorer({ features }),
  other: (features) => new GaussianScorer({ features, grace: 50 }),
  exports: false,
  rows: 700,
})
learnerContract('gaussian-scorer over a window', {
  make: (features) => new GaussianScorer({ features, window: 60, grace: 20 }),
  other: (features) => new GaussianScorer({ features, window: 50, grace: 20 }),
  exports: false,
})
learnerContract('standard-absolute-deviation', {
  make: (features) => new StandardAbsoluteDeviation({ features }),
  other: (features) => new StandardAbsoluteDeviation({ features, window: 20 }),
})
learnerContract('quantile-scorer', {
  make: (features) => new QuantileScorer({ features }),
  other: (features) => new QuantileScorer({ features, high: 0.9 }),
  rows: 700,
})
learnerContract('robust-random-cut-forest', {
  make: (features) => new RobustRandomCutForest({ features, trees: 3, window: 40 }),
  other: (features) => new RobustRandomCutForest({ features, trees: 3, window: 40, seed: 2 }),
  rows: 300,
  exports: false,
})
learnerContract('k-means', {
  make: (features) => new KMeans({ features }),
  other: (features) => new KMeans({ features, clusters: 4 }),
  rows: 700,
})
learnerContract('db-stream', {
  make: (features) => new DbStream({ features, radius: 2, cleanup: 10, most: 30 }),
  other: (features) => new DbStream({ features, radius: 2, cleanup: 10, most: 31 }),
  exports: false,
})
learnerContract('matrix-factorization', {
  make: () => new MatrixFactorization({ users: 200, factors: 4 }),
  other: () => new MatrixFactorization({ users: 200, factors: 4, seed: 2 }),
  fixed: 2,
  // The users of the sample are all new, and the item is one: there is nothing to learn.
  reaches: -Infinity,
})
learnerContract('factorization-machine', {
  make: (features) => new FactorizationMachine({ features, task: 'number' }),
  other: (features) => new FactorizationMachine({ features, task: 'classes' }),
  rows: 700,
})
learnerContract('factorization-machine of ids', {
  make: (features) =>
    new FactorizationMachine({ features, task: 'classes', ids: [0], most: 100, rate: 0.05 }),
  other: (features) =>
    new FactorizationMachine({ features, task: 'classes', ids: [0], most: 90, rate: 0.05 }),
  rows: 700,
})
// The second column is constant, so that there is one key; then the columns that are noise, so that each row is a key of its own.
learnerContract('a learner per key', {
  make: (features) =>
    new PerKey({
      make: () => new LogisticRegression({ features: features - 1 }),
      key: 1,
      most: 20,
    }),
  other: (features) =>
    new PerKey({
      make: () => new LogisticRegression({ features: features - 1 }),
      key: 1,
      most: 21,
    }),
  fixed: 6,
  exports: false,
})
learnerContract('a learner per key, of too many keys', {
  make: (features) =>
    new PerKey({
      make: () => new LogisticRegression({ features: features - 1 }),
      most: 20,
      grace: 3,
    }),
  other: (features) =>
    new PerKey({ make: () => new LogisticRegression({ features: features - 1 }), most: 20 }),
  fixed: 6,
  rows: 600,
  exports: false,
})
learnerContract('a learner per key, with a TTL', {
  make: (features) =>
    new PerKey({
      make: () => new LogisticRegression({ features: features - 1 }),
      grace: 3,
      ttl: '30s',
    }),
  other: (features) =>
    new PerKey({
      make: () => new LogisticRegression({ features: features - 1 }),
      grace: 3,
      ttl: '31s',
    }),
  fixed: 6,
  rows: 600,
  exports: false,
})
learnerContract('am-rules', {
  make: (features) => new AmRules({ features, grace: 50, maxBytes: 20_000 }),
  other: (features) => new AmRules({ features, grace: 50, maxBytes: 20_001 }),
  exports: false,
  rows: 700,
})
learnerContract('am-rules, of which all that hold answer', {
  make: (features) => new AmRules({ features, grace: 50, delta: 0.1, ordered: false, most: 5 }),
  other: (features) => new AmRules({ features, grace: 50, delta: 0.1 }),
  exports: false,
  rows: 700,
})
