// What all detectors share: a state that is one array of doubles, the check of a number, and the bytes.
import { EventError } from '../../base/errors.ts'
import type { Detector, Direction, Signal } from '../../contracts/detector.ts'
import { StateReader, StateWriter, settingsText } from '../state-codec.ts'

/** In `state[0]`: which way the newest drift went. What follows is the detector's own. */
const DIRECTION = 0
/** The first double of a detector's own. */
export const OWN = 1

export interface DetectorInfo {
  readonly kind: string
  readonly input: 'bits' | 'numbers'
  readonly version: number
  /** All that its constructor takes. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly rowsBetweenFalseAlarms: number | undefined
  /** Doubles of its own. */
  readonly doubles: number
}

export abstract class BaseDetector implements Detector {
  readonly kind: string
  readonly input: 'bits' | 'numbers'
  readonly rowsBetweenFalseAlarms: number | undefined
  protected readonly state: Float64Array
  readonly #settings: DetectorInfo['settings']
  readonly #header: { kind: string; version: number; settings: string }

  constructor(info: DetectorInfo) {
    this.#settings = info.settings
    this.kind = info.kind
    this.input = info.input
    this.rowsBetweenFalseAlarms = info.rowsBetweenFalseAlarms
    this.#header = {
      kind: info.kind,
      version: info.version,
      settings: settingsText(info.settings),
    }
    this.state = new Float64Array(OWN + info.doubles)
  }

  /** Takes a number that was checked. */
  protected abstract next(value: number): Signal

  update(value: number): Signal {
    if (this.input === 'bits' ? value !== 0 && value !== 1 : value - value !== 0) this.#refuse()
    return this.next(value)
  }

  get direction(): Direction {
    return this.state[DIRECTION] as Direction
  }

  protected set direction(direction: Direction) {
    this.state[DIRECTION] = direction
  }

  encode(): Uint8Array {
    const writer = new StateWriter(this.#header)
    writer.array(this.state)
    return writer.finish()
  }

  restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.#header)
    reader.into(this.state)
    reader.end()
  }

  get memoryBytes(): number {
    return this.state.byteLength
  }

  fresh(): Detector {
    // Its settings are what its constructor takes: the contract of detectors holds each to it.
    const made = this.constructor as new (settings: DetectorInfo['settings']) => Detector
    return new made(this.#settings)
  }

  #refuse(): never {
    throw new EventError(
      this.input === 'bits'
        ? `'${this.kind}' takes 0 (right) and 1 (wrong), found another number; give it the error bits of a classifier, or take adwin for numbers`
        : `'${this.kind}' takes finite numbers, found NaN or infinity; leave such a number out, and count it`,
    )
  }
}
