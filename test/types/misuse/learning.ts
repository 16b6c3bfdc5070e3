// Wrong settings of what learns. Each must not compile; what stands behind the mark must be in the message.
import {
  balanced,
  calibrated,
  classWeights,
  factorizationMachine,
  kMeans,
  logisticRegression,
  oneHot,
  perKey,
  pipe,
  standardScaler,
  thompson,
} from '../../../src/learning/index.ts'

// @ts-expect-error Type '"both"' is not assignable to type
balanced(logisticRegression(), { by: 'both' })

// @ts-expect-error Expected 2 arguments, but got 1
classWeights(logisticRegression())

// @ts-expect-error Property 'task' is missing in type 'PreparerFactory'
calibrated(standardScaler())

// @ts-expect-error Property 'task' is missing in type 'PreparerFactory'
perKey(standardScaler())

// @ts-expect-error Property 'task' is missing in type
factorizationMachine({ ids: [0] })

// @ts-expect-error 'features' does not exist in type
oneHot({ features: 3 })

// @ts-expect-error Type 'string' is not assignable to type 'number'
kMeans({ clusters: 'five' })

// @ts-expect-error 'arms' does not exist in type
thompson({ arms: 2 })

// @ts-expect-error 'BanditFactory' is not assignable to parameter of type 'LearnerFactory'
perKey(thompson())
