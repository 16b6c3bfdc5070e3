// The public names of `millrace/testing`: a pipeline in memory and virtual time, for the tests of those who write pipelines.
export { checkAggregate, type CheckAggregateOptions } from './check-aggregate.ts'
export {
  advance,
  crash,
  end,
  events,
  lines,
  progress,
  type Advance,
  type Crash,
  type GivenEvents,
  type GivenProgress,
  type GivenRecord,
  type Step,
} from './given.ts'
export type { Expected } from './match.ts'
export { simulate, type SimulateOptions } from './simulate.ts'
export { SimulatedRun, type ExpectedPrediction } from './simulated-run.ts'
export { stub, type Stub } from './stub.ts'
export type {
  Simulated,
  SimulatedDeadLetter,
  SimulatedExample,
  SimulatedPrediction,
  SimulatedRecord,
} from './simulated.ts'
