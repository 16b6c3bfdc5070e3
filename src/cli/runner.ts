// The runner as the commands see it.
export type {
  Answer,
  DatasetCommand,
  DeadLettersCommand,
  ImportCommand,
  ImportProgress,
  PlanCommand,
  PredictionCommand,
  ResumeCommand,
  RetryCommand,
  RunCommand,
  Runner,
  TopicRecord,
  TopicTailCommand,
  TopicWriteCommand,
} from '../contracts/commands.ts'
