// What the commands ask of the runner: one function a command, so that a command is only its options and its words.
// A command loads its own function when it is called; `millrace --help` loads nothing.
import type { Explanation } from './explanation.ts'
import type { RunProgress, RunReport } from './run-report.ts'
import type { StatusReport } from './status.ts'
import type { TopicReport } from './topic-report.ts'

/** What a command answers: lines for a person, data for `--json`. */
export interface Answer {
  readonly data: unknown
  readonly lines: readonly string[]
  /** Whether what was asked for holds or was found; else the command ends with 1. */
  readonly ok: boolean
}

interface OnLog {
  /** Where the log lives: `./data`. */
  readonly log: string
}

interface OfPipeline extends OnLog {
  /** The definition's file; undefined: the one the log was last run with. */
  readonly file: string | undefined
}

export interface HttpCommand {
  /** `8080`, `127.0.0.1:8080`; port 0 is any that is free. */
  readonly address: string
  readonly token: string | undefined
  /** Events a second that are taken at most; undefined: as many as the log takes. */
  readonly eventsPerSecond?: number | undefined
  /** Told where it listens, once it does. */
  readonly onListening: (url: string) => void
}

export interface RunCommand extends OnLog {
  readonly file: string
  readonly partitions: number | undefined
  readonly workers: number | undefined
  /** Its name among the supervisors of a cluster, kept over restarts; undefined: none of its own. */
  readonly member?: string | undefined
  /** Copies that other runs on Kafka keep of each task with a state. Default 0. */
  readonly standbys?: number | undefined
  /** How long a call of a model may take that states no deadline of its own, ms; undefined: 30 s. */
  readonly deadlineMs?: number | undefined
  /** What one call of a model may add to the memory of its worker, bytes; undefined: a quarter of all there is. */
  readonly callMemoryBytes?: number | undefined
  /** Calls of one version of a model that may hang before it is quarantined; undefined: 3. */
  readonly hangsMax?: number | undefined
  /** Where to serve HTTP, and what requests must bring; undefined: nowhere. */
  readonly http?: HttpCommand | undefined
  /** Bytes of the log's folder at most, about; undefined: as many as the device has. */
  readonly maxDiskBytes?: number | undefined
  /** Whether the report shows a prediction from its receipt. Default false. */
  readonly showValues?: boolean | undefined
  /** Stop when every input has ended. */
  readonly untilEnd: boolean
  /** Whether features may count less than they say, where the input no longer reaches back; undefined: no. */
  readonly acceptPartial?: boolean | undefined
  /** Whether to go on without records that are no longer kept and were not read yet; undefined: no. */
  readonly acceptGap?: boolean | undefined
  readonly signal: AbortSignal
  readonly onProgress: (progress: RunProgress) => void
  /** Told what a person should know, once. */
  readonly onNotice?: (text: string) => void
}

export interface PlanCommand extends OfPipeline {
  readonly file: string
  readonly partitions: number | undefined
}

export interface DatasetCommand extends OnLog {
  readonly file: string
  /** The Parquet file to write. */
  readonly out: string
  /** As the model saw it, or every event in its place. */
  readonly as: 'served' | 'ideal'
  /** Needed where the pipeline has several. */
  readonly model: string | undefined
  /** From included, to excluded. */
  readonly from: RangeEnd | undefined
  readonly to: RangeEnd | undefined
  readonly signal: AbortSignal
  readonly onProgress: (progress: ShareProgress) => void
}

export interface ExportModelCommand extends OnLog {
  readonly file: string
  /** The ONNX file to write. */
  readonly out: string
  /** Needed where several models of the pipeline learn. */
  readonly model: string | undefined
  /** Number of the snapshot. Default: the newest. */
  readonly snapshot: number | undefined
}

export interface EvaluateCommand extends OnLog {
  readonly file: string
  /** Needed where several of the pipeline's models learn. */
  readonly model: string | undefined
  /** A file with a column a feature and one with the label; undefined: the topics of the log. */
  readonly on: string | undefined
  readonly format: 'csv' | 'jsonl' | 'parquet' | undefined
  /** Of the file: the column of the label, and the value of it that is class 1, where labels are texts. */
  readonly label: string
  readonly positive: string | undefined
  /** Of the file: the column of the time; undefined: rows are counted. */
  readonly time: string | undefined
  /** How late labels come: so many rows, or ms; undefined: at once, and in a log when they came. */
  readonly delay: { readonly rows: number } | { readonly ms: number } | undefined
  /** What it begins with: a snapshot of the log's run, the newest or by its number; undefined: a learner that knows nothing. */
  readonly from: 'newest' | number | undefined
  /** Rows of the window. */
  readonly window: number
  /** A detector told the errors; undefined: none. */
  readonly detector: EvaluationDetector | undefined
  /** The picture to write, and the metric in it; undefined: none, and the first metric there is. */
  readonly plot: string | undefined
  readonly figure: string | undefined
  readonly signal: AbortSignal
  readonly onProgress: (progress: ShareProgress) => void
}

export const EVALUATION_DETECTORS = [
  'adwin',
  'ddm',
  'eddm',
  'hddm-a',
  'hddm-w',
  'kswin',
  'page-hinkley',
] as const
export type EvaluationDetector = (typeof EVALUATION_DETECTORS)[number]

export interface TopicListCommand extends OnLog {
  /** Whether those of Millrace itself, too. */
  readonly all: boolean
}

export interface DescribeTopicCommand extends OnLog {
  readonly topic: string
}

export interface TopicTailCommand extends OnLog {
  readonly topic: string
  readonly partition: number | undefined
  /** How many of the newest records to begin with; Infinity: from the start. */
  readonly last: number
  /** Whether to go on with what comes. */
  readonly follow: boolean
  readonly signal: AbortSignal
  readonly onRecord: (record: TopicRecord) => void
}

export interface TopicRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** ms since 1970. */
  readonly time: number
  readonly key: string
  readonly value: string
  readonly headers: string
}

export interface TopicWriteCommand extends OnLog {
  readonly topic: string
  /** For a topic that does not exist yet. */
  readonly partitions: number | undefined
  /** JSON, one event a line. */
  readonly input: AsyncIterable<Uint8Array>
  /** Field of the event that is the record's key. */
  readonly key: string | undefined
  /** Field of the event that is its time; undefined: now. */
  readonly time: string | undefined
  /** Whether nothing will ever come after these. */
  readonly end: boolean
  readonly signal: AbortSignal
}

/** How files are read; see docs/files.md. */
export interface FileFlags {
  readonly format: 'csv' | 'jsonl' | 'parquet' | undefined
  /** CSV: one character. */
  readonly delimiter: string | undefined
  /** CSV without a header: the names of its columns. */
  readonly columns: readonly string[] | undefined
  /** `name=type`, the type one of number, boolean, string and json. */
  readonly types: readonly string[]
  /** Whether a line that is not what the format promises ends the import with an error. */
  readonly strict: boolean
  readonly timestamps: 'iso' | 'ms' | undefined
}

export interface ImportCommand extends OnLog, FileFlags {
  readonly files: readonly string[]
  readonly topic: string
  /** A definition with a stream of the topic: key, time and types are the stream's. */
  readonly definition: string | undefined
  readonly partitions: number | undefined
  readonly key: string | undefined
  readonly time: string | undefined
  /** Whether nothing will ever come after these. */
  readonly end: boolean
  readonly signal: AbortSignal
  readonly onProgress: (progress: TransferProgress) => void
}

export interface ExportCommand extends OnLog {
  readonly topic: string
  /** The file to write; it appears when it is whole. */
  readonly file: string
  readonly format: 'csv' | 'jsonl' | 'parquet' | undefined
  readonly partition: number | undefined
  /** From included, to excluded. */
  readonly from: RangeEnd | undefined
  readonly to: RangeEnd | undefined
  readonly signal: AbortSignal
  readonly onProgress: (progress: TransferProgress) => void
}

/** An end of a range: an offset in each partition, or a time, ms since 1970. */
export type RangeEnd = { readonly offset: number } | { readonly time: number }

/** How far an import or export is. */
export interface TransferProgress {
  readonly from: string
  readonly to: string
  /** The place of the file among the files. */
  readonly number: number
  readonly files: number
  /** Of all files: how much is done, of how much, in bytes or records. */
  readonly done: number
  readonly size: number
  readonly unit: 'bytes' | 'records'
  readonly records: number
  readonly elapsedSeconds: number
}

export interface DeadLettersCommand extends OfPipeline {
  /** Whether keys and bytes of the events, too. */
  readonly showValues: boolean
  readonly limit: number
}

export interface RetryCommand extends OfPipeline {
  /** Only letters whose reason has this text. */
  readonly reason: string | undefined
  /** Only say what would be done, and which windows can still take it. */
  readonly dryRun: boolean
  /** Whether to write them also where something is lost: too late, over for a window, or counted twice. */
  readonly yes: boolean
}

export interface PredictionCommand extends OfPipeline {
  readonly id: string
}

export interface RescaleCommand extends OnLog {
  readonly file: string
  readonly stage: string
  /** Tasks that it gets. */
  readonly partitions: number
}

export interface ResumeCommand extends OfPipeline {
  readonly model: string
}

export type StatusCommand = OfPipeline

export interface WatchCommand extends OfPipeline {
  readonly everyMs: number
  readonly signal: AbortSignal
  readonly onStatus: (status: StatusReport) => void
}

/** How far something is whose parts are of one kind each. */
export interface ShareProgress {
  /** `sorting events`, `computing features`. */
  readonly doing: string
  /** From 0 to 1. */
  readonly share: number
}

/** How far something is that reads all of a folder. */
export interface BytesProgress {
  /** `copying`, `checking`. */
  readonly doing: string
  readonly bytes: number
  readonly total: number
}

interface OverBytes {
  readonly signal: AbortSignal
  readonly onProgress: (progress: BytesProgress) => void
}

export interface BackupCommand extends OnLog, OverBytes {
  /** A folder, or a file that ends in `.tar`. */
  readonly to: string
}

export interface VerifyCommand extends OverBytes {
  /** A log's folder, a backup's folder or its file. */
  readonly place: string
}

export interface RestoreCommand extends OnLog, OverBytes {
  /** A backup's folder or file. */
  readonly backup: string
}

export interface Runner {
  run(options: RunCommand): Promise<RunReport>
  plan(options: PlanCommand): Promise<Answer>
  dataset(options: DatasetCommand): Promise<Answer>
  exportModel(options: ExportModelCommand): Promise<Answer>
  evaluate(options: EvaluateCommand): Promise<Answer>
  listTopics(options: TopicListCommand): Promise<Answer>
  describeTopic(options: DescribeTopicCommand): Promise<TopicReport>
  tailTopic(options: TopicTailCommand): Promise<Answer>
  writeTopic(options: TopicWriteCommand): Promise<Answer>
  importFiles(options: ImportCommand): Promise<Answer>
  exportTopic(options: ExportCommand): Promise<Answer>
  listDeadLetters(options: DeadLettersCommand): Promise<Answer>
  retryDeadLetters(options: RetryCommand): Promise<Answer>
  /** Every prediction with that id: of each model, and of each time the event came. */
  explain(options: PredictionCommand): Promise<readonly Explanation[]>
  replay(options: PredictionCommand): Promise<Answer>
  rescale(options: RescaleCommand): Promise<Answer>
  resume(options: ResumeCommand): Promise<Answer>
  status(options: StatusCommand): Promise<StatusReport>
  watchStatus(options: WatchCommand): Promise<void>
  backup(options: BackupCommand): Promise<Answer>
  verify(options: VerifyCommand): Promise<Answer>
  restore(options: RestoreCommand): Promise<Answer>
}
