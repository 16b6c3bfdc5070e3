// An edge sink: what lies outside of the log and takes what a topic, its outbox, has. How far it was fed is kept in the log
// behind every write; a sink that can take back what it got behind a position, or knows itself how far it was fed, is fed exactly once,
// any other at least once.
import type { ReadRun } from './log.ts'

export interface OpenSink {
  /** The next offset of each partition by what the sink itself has, where it has such: it counts where it is further than what is kept. */
  readonly fed?: readonly number[]
  /**
   * Takes records; topic, partition and offset are the stable id of each. Resolves when they are durable.
   * @param next the next offset of each partition, behind them.
   * @returns the position behind them, for `Sink.open`.
   */
  write(runs: readonly ReadRun[], next: readonly number[]): Promise<string>
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
