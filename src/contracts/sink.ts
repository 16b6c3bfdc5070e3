// An edge sink: what lies outside of the log and takes what a topic, its outbox, has. How far it was fed is kept in the log
// behind every write; a sink that can take back what it got behind a position is fed exactly once, any other at least once.
import type { ReadRun } from './log.ts'

export interface OpenSink {
  /**
   * Takes records of one partition; topic, partition and offset are the stable id of each. Resolves when they are durable.
   * @returns the position behind them, for `Sink.open`.
   */
  write(run: ReadRun): Promise<string>
  close(): Promise<void>
}

export interface Sink {
  /** What its positions are kept under. */
  readonly name: string
  /** The position of a sink nothing was written to. */
  readonly start: string
  /**
   * Opens it as it stood at a position: what was written behind it is taken back, where that can be.
   * @throws ConnectorError ML_SINK when it cannot be written, or is not what it was at that position.
   */
  open(at: string): Promise<OpenSink>
}
