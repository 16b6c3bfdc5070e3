// The contract suite on every preparation there is.
import { AdaptiveStandardScaler } from '../../src/learning/preparation/adaptive-standard-scaler.ts'
import { FeatureHashing } from '../../src/learning/preparation/feature-hashing.ts'
import { Imputer } from '../../src/learning/preparation/imputer.ts'
import { MaxAbsScaler } from '../../src/learning/preparation/max-abs-scaler.ts'
import { MinMaxScaler } from '../../src/learning/preparation/min-max-scaler.ts'
import { OneHot } from '../../src/learning/preparation/one-hot.ts'
import { RobustScaler } from '../../src/learning/preparation/robust-scaler.ts'
import { StandardScaler } from '../../src/learning/preparation/standard-scaler.ts'
import { TargetMean } from '../../src/learning/preparation/target-mean.ts'
import { preparerContract } from './preparer-contract.ts'

preparerContract('standard-scaler', {
  make: (features) => new StandardScaler({ features }),
  other: (features) => new MinMaxScaler({ features }),
})
preparerContract('min-max-scaler', {
  make: (features) => new MinMaxScaler({ features }),
  other: (features) => new MaxAbsScaler({ features }),
})
preparerContract('max-abs-scaler', {
  make: (features) => new MaxAbsScaler({ features }),
  other: (features) => new StandardScaler({ features }),
})
preparerContract('robust-scaler', {
  make: (features) => new RobustScaler({ features }),
  other: (features) => new RobustScaler({ features, high: 0.9 }),
})
preparerContract('adaptive-standard-scaler', {
  make: (features) => new AdaptiveStandardScaler({ features }),
  other: (features) => new AdaptiveStandardScaler({ features, fading: 0.1 }),
})
preparerContract('imputer', {
  make: (features) => new Imputer({ features }),
  other: (features) => new Imputer({ features, by: 3 }),
})
preparerContract('imputer by the median, with marks', {
  make: (features) => new Imputer({ features, by: 'median', mark: true }),
  other: (features) => new Imputer({ features, by: 'last', mark: true }),
})
preparerContract('one-hot', {
  make: (features) => new OneHot({ features, values: 8 }),
  other: (features) => new OneHot({ features, values: 9 }),
})
preparerContract('feature-hashing', {
  make: (features) => new FeatureHashing({ features, columns: [0], buckets: 16 }),
  other: (features) => new FeatureHashing({ features, columns: [0], buckets: 16, seed: 2 }),
  exports: false,
})
preparerContract('target-mean', {
  make: (features) => new TargetMean({ features, columns: [0], values: 10 }),
  other: (features) => new TargetMean({ features, columns: [0], values: 10, of: 1 }),
})
