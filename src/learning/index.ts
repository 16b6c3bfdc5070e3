// The public names of `millrace/learning`: what learns in the stream. Importing them does no I/O.
export type {
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
export type { Bandit } from '../contracts/bandit.ts'
export { epsilonGreedy, linUcb, thompson, ucb } from './factories/bandits.ts'
export { adaGrad } from './learners/linear/ada-grad.ts'
export { adam } from './learners/linear/adam.ts'
export { ftrl } from './learners/linear/ftrl.ts'
export type { OptimizerSpec } from './learners/linear/optimizer.ts'
export { rmsProp } from './learners/linear/rms-prop.ts'
export { sgd } from './learners/linear/sgd.ts'
