// A drift detector: numbers in, one after the other, and after each whether the stream is as it was. It reads no clock, and
// everything it knows is in `encode`, so that a detector that was restored says what the first one would have said.

export const STABLE = 0
/** The stream may be changing. Not every detector says it. */
export const WARNING = 1
/** The stream has changed. The detector begins anew at the next number. */
export const DRIFT = 2
/** What a detector says of a number: 0 stable, 1 a warning, 2 a drift. */
export type Signal = typeof STABLE | typeof WARNING | typeof DRIFT

/** Which way the mean went: 1 up, -1 down, 0 not known. */
export type Direction = -1 | 0 | 1

export interface DriftParts {
  readonly before: number
  readonly after: number
}

/** Takes numbers, one after the other, and says when they changed. */
export interface Detector {
  /** `adwin`, `ddm` ...: part of its encoding. */
  readonly kind: string
  /** `bits`: only 0 (right) and 1 (wrong); `numbers`: any finite numbers. */
  readonly input: 'bits' | 'numbers'
  /**
   * Its false-alarm budget: on a stream that does not change it gives at most one alarm in so many numbers, as a mean. It holds for
   * the default settings and for the streams its docstring names; undefined where the settings are others.
   */
  readonly rowsBetweenFalseAlarms: number | undefined
  /**
   * Takes the next number.
   * @throws EventError ML_EVENT for a number that is not finite, or is no bit where bits are wanted; nothing is changed then.
   */
  update(value: number): Signal
  /** Which way the newest drift went; 0 before the first. */
  readonly direction: Direction
  /** Means of the older and the newer part that told the newest drift apart, where a detector compares two; not in its encoding. */
  readonly parts?: DriftParts | undefined
  /** Everything it knows, with a version in front. */
  encode(): Uint8Array
  /** @throws StateError ML_STATE where the bytes are not those of such a detector with the same settings. */
  restore(bytes: Uint8Array): void
  /** Bytes of its state. */
  readonly memoryBytes: number
  /** One with the same settings that has seen nothing. */
  fresh(): Detector
}
