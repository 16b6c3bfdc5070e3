// What a topic is: what `millrace topics describe` shows, and gives as it is with `--json`.

export interface TopicReport {
  readonly name: string
  /** What it is for, in words. */
  readonly use: string
  /** Whether it is Millrace's own. */
  readonly internal: boolean
  readonly partitions: number
  /** How long records are kept, ms of the time they were appended; null: for ever. */
  readonly retentionMs: number | null
  /** How many bytes of a partition are kept; null: no bound. */
  readonly retentionBytes: number | null
  readonly records: number
  readonly bytes: number
  readonly parts: readonly TopicPart[]
  /** Stages that write it; empty where who writes is outside of Millrace, or not known. */
  readonly writers: readonly string[]
  readonly readers: readonly TopicReader[]
  /** Why it is not known who reads a topic; undefined where it is. */
  readonly unknown: string | undefined
}

export interface TopicPart {
  /** Offset of the oldest record that is kept, and the one the next record will have. */
  readonly start: number
  readonly end: number
  readonly bytes: number
  /** Time of the oldest and of the newest record, as its writer gave it, ms; null where there is none. */
  readonly firstTime: number | null
  readonly lastTime: number | null
}

export interface TopicReader {
  readonly stage: string
  readonly task: number
  readonly partition: number
  /** The offset it reads next. */
  readonly position: number
  /** Records from there to the end. */
  readonly lag: number
}
