// What stands between a detector and whoever acts on it: one drift is one event, and a change for the better need not be one.
import {
  DRIFT,
  STABLE,
  WARNING,
  type Detector,
  type Direction,
  type DriftParts,
  type Signal,
} from '../../contracts/detector.ts'
import { checkSetting } from '../settings.ts'
import { StateReader, StateWriter, settingsText } from '../state-codec.ts'

export interface DriftWatchOptions {
  /** Numbers after a drift in which further ones are not told. Default 0: all are told. */
  readonly cooldown?: number
  /** Which way a drift must go to be told; one whose direction is not known is always told. Default 'both'. */
  readonly direction?: 'up' | 'down' | 'both'
}

const SEEN = 0
const UNTIL = 1
const TOLD = 2
const COOLED = 3
const TURNED = 4

/**
 * Tells the drifts of a detector that are events. What it keeps back is counted: `cooled` in the cool-down, `turned` in the other
 * direction; both leave the detector as it is, which has begun anew.
 */
export class DriftWatch {
  readonly #detector: Detector
  readonly #cooldown: number
  readonly #direction: Direction
  readonly #state = new Float64Array(5)
  readonly #header: { kind: string; version: number; settings: string }

  constructor(detector: Detector, options: DriftWatchOptions = {}) {
    const { cooldown = 0, direction = 'both' } = options
    checkSetting('drift', 'cooldown', cooldown, { atLeast: 0, whole: true })
    this.#detector = detector
    this.#cooldown = cooldown
    this.#direction = direction === 'both' ? 0 : direction === 'up' ? 1 : -1
    this.#header = {
      kind: `drift-watch/${detector.kind}`,
      version: 1,
      settings: settingsText({ cooldown, direction }),
    }
  }

  /** DRIFT for one that is told; a warning is passed on outside of a cool-down. */
  update(value: number): Signal {
    const signal = this.#detector.update(value)
    const state = this.#state
    const place = state[SEEN]++
    const cooling = place < state[UNTIL]
    if (signal !== DRIFT) return cooling && signal === WARNING ? STABLE : signal
    const { direction } = this.#detector
    if (this.#direction !== 0 && direction !== 0 && direction !== this.#direction) {
      state[TURNED]++
      return STABLE
    }
    if (cooling) {
      state[COOLED]++
      return STABLE
    }
    state[UNTIL] = place + 1 + this.#cooldown
    state[TOLD]++
    return DRIFT
  }

  get direction(): Direction {
    return this.#detector.direction
  }

  get parts(): DriftParts | undefined {
    return this.#detector.parts
  }

  /** Numbers seen, drifts told, kept back in the cool-down, and kept back for their direction. */
  get counts(): { seen: number; told: number; cooled: number; turned: number } {
    const state = this.#state
    return { seen: state[SEEN], told: state[TOLD], cooled: state[COOLED], turned: state[TURNED] }
  }

  encode(): Uint8Array {
    const writer = new StateWriter(this.#header)
    writer.array(this.#state)
    writer.array(this.#detector.encode())
    return writer.finish()
  }

  restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.#header)
    const state = reader.doubles()
    const detector = reader.bytes()
    reader.end()
    this.#detector.restore(detector)
    this.#state.set(state)
  }

  get memoryBytes(): number {
    return this.#state.byteLength + this.#detector.memoryBytes
  }
}
