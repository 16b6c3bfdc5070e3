// The public names of `millrace/testing`: a pipeline in memory and virtual time, for the tests of those who write pipelines.
export { checkAggregate, type CheckAggregateOptions } from './check-aggregate.ts'
export { events, lines, type Given, type GivenOptions } from './given.ts'
export { simulate, type SimulateOptions } from './simulate.ts'
export type {
  Simulated,
  SimulatedDeadLetter,
  SimulatedExample,
  SimulatedPrediction,
  SimulatedRecord,
} from './simulated.ts'
