// The public names of `millrace/learning`: what learns in the stream. Importing them does no I/O.
export type {
  BanditFactory,
  Learner,
  LearnerFactory,
  LearnerSize,
  LearnerTask,
  Preparer,
  PreparerFactory,
  Rows,
} from '../contracts/learner.ts'
export { pipe, type Settings } from './factory.ts'
export {
  alma,
  bayesianLinearRegression,
  linearRegression,
  logisticRegression,
  passiveAggressiveClassifier,
  passiveAggressiveRegressor,
  perceptron,
  softmaxRegression,
} from './factories/linear.ts'
export {
  adaptiveRandomForest,
  adaptiveRandomForestRegressor,
  adwinBagging,
  extremelyFastDecisionTree,
  hoeffdingAdaptiveTree,
  hoeffdingAdaptiveTreeRegressor,
  hoeffdingTree,
  hoeffdingTreeRegressor,
  leveragingBagging,
  ozaBagging,
  ozaBoosting,
  streamingRandomPatches,
} from './factories/trees.ts'
export {
  amRules,
  gaussianNaiveBayes,
  halfSpaceTrees,
  neighboursClassifier,
  neighboursRegressor,
} from './factories/others.ts'
export {
  adaptiveStandardScaler,
  maxAbsScaler,
  minMaxScaler,
  robustScaler,
  standardScaler,
} from './factories/preparation.ts'
export { featureHashing, imputer, oneHot, targetMean } from './factories/preparation-codes.ts'
export {
  bernoulliNaiveBayes,
  complementNaiveBayes,
  multinomialNaiveBayes,
} from './factories/bayes.ts'
export {
  dbStream,
  gaussianScorer,
  kMeans,
  quantileScorer,
  robustRandomCutForest,
  standardAbsoluteDeviation,
} from './factories/anomaly.ts'
export { factorizationMachine, matrixFactorization } from './factories/recommendation.ts'
export { balanced, calibrated, classWeights, perKey } from './factories/wrappers.ts'
export { epsilonGreedy, linUcb, thompson, ucb } from './factories/bandits.ts'
export { adaGrad } from './learners/linear/ada-grad.ts'
export { adam } from './learners/linear/adam.ts'
export { ftrl } from './learners/linear/ftrl.ts'
export type { OptimizerSpec } from './learners/linear/optimizer.ts'
export { rmsProp } from './learners/linear/rms-prop.ts'
export { sgd } from './learners/linear/sgd.ts'
export type { Detector, Direction, Signal } from '../contracts/detector.ts'
export type { Metric } from '../contracts/metric.ts'
export {
  Evaluation,
  type CurvePoint,
  type DriftMark,
  type EvaluationOptions,
  type EvaluationReport,
  type EvaluationRows,
} from './evaluation/evaluation.ts'
export type { Figures } from './evaluation/figures.ts'
export type { WindowTest, WindowVerdict } from '../contracts/window-test.ts'
export { chiSquare, jensenShannon, ks, psi, wasserstein } from './factories/window-tests.ts'
export type {
  CellTestOptions,
  WassersteinOptions,
  WindowTestOptions,
} from './drift/batch/window-test.ts'
export { adwin, ddm, eddm, fhddm, hddmA, hddmW, kswin, pageHinkley } from './factories/detectors.ts'
export type { AdwinOptions } from './drift/adwin.ts'
export type { DdmOptions } from './drift/ddm.ts'
export type { EddmOptions } from './drift/eddm.ts'
export type { FhddmOptions } from './drift/fhddm.ts'
export type { HddmOptions } from './drift/hddm-a.ts'
export type { HddmWOptions } from './drift/hddm-w.ts'
export type { KswinOptions } from './drift/kswin.ts'
export type { PageHinkleyOptions } from './drift/page-hinkley.ts'
export {
  BatchDrift,
  type BatchDriftOptions,
  type BatchDriftReport,
  type BatchFeature,
  type BatchTest,
  type FeatureDrift,
} from './drift/batch/batch-drift.ts'
export { agrawal, type AgrawalOptions } from './generators/agrawal.ts'
export {
  conceptDrift,
  recurring,
  type ConceptDriftOptions,
  type RecurringOptions,
} from './generators/concept-drift.ts'
export { friedman, type FriedmanOptions } from './generators/friedman.ts'
export {
  generate,
  type GeneratedFeature,
  type GeneratedRows,
  type Generator,
} from './generators/generator.ts'
export { hyperplane, type HyperplaneOptions } from './generators/hyperplane.ts'
export { led, type LedOptions } from './generators/led.ts'
export { radialBasis, type RadialBasisOptions } from './generators/radial-basis.ts'
export { randomTree, type RandomTreeOptions } from './generators/random-tree.ts'
export { sea, type SeaOptions } from './generators/sea.ts'
export { stagger, type StaggerOptions } from './generators/stagger.ts'
export type { CalibrationBin } from './metrics/calibration.ts'
export {
  confusion,
  type ClassReport,
  type ConfusionOptions,
  type ConfusionReport,
} from './metrics/confusion.ts'
export { cumulative } from './metrics/cumulative.ts'
export { fading, type FadingOptions } from './metrics/fading.ts'
export type { MetricType } from './metrics/metric-type.ts'
export {
  probability,
  type ProbabilityOptions,
  type ProbabilityReport,
} from './metrics/probability.ts'
export { ranking, type RankingOptions, type RankingReport } from './metrics/ranking.ts'
export { regression } from './metrics/regression.ts'
export type { RegressionReport } from './metrics/regression-metrics.ts'
export { Sliced, type SliceReport, type SlicedOptions } from './metrics/sliced.ts'
export { windowed, type WindowedOptions } from './metrics/windowed.ts'
