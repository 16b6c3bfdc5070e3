// The runner as the commands see it.
export type {
  Answer,
  DatasetCommand,
  DeadLettersCommand,
  PlanCommand,
  PredictionCommand,
  RetryCommand,
  RunCommand,
  Runner,
  TopicRecord,
  TopicTailCommand,
  TopicWriteCommand,
} from '../contracts/commands.ts'
