// A learner judged as it learns: every row is predicted before its label is known, and learnt when its label has come.
import { DefinitionError } from '../../base/errors.ts'
import { DRIFT, type Detector, type Direction } from '../../contracts/detector.ts'
import type { Learner } from '../../contracts/learner.ts'
import { DriftWatch } from '../drift/drift-watch.ts'
import { isLabel } from '../learners/row-learner.ts'
import { checkSetting } from '../settings.ts'
import { figureMetric, type FigureMetric, type Figures } from './figures.ts'
import { PendingRows } from './pending-rows.ts'

/** What `Evaluation` takes. */
export interface EvaluationOptions {
  /** One that predicts classes or numbers. What it knows already counts. */
  readonly learner: Learner
  /** Rows of the window. Default 1000. */
  readonly window?: number
  /**
   * Told the error of every row when its label comes: 1 for a wrong class, 0 for a right one; the absolute error of a number. After a drift, none
   * is told for a window. Default: none.
   */
  readonly detector?: Detector
  /** Most points of the curve; with more rows they lie further apart. Default 500. */
  readonly points?: number
}

/** Rows in the order in which they are predicted. */
export interface EvaluationRows {
  /** One a feature. */
  readonly columns: readonly Float64Array[]
  /** NaN where no label ever comes. */
  readonly labels: Float64Array
  /** When each row is predicted: row numbers or times, never falling. */
  readonly times: Float64Array
  /** When the label of each row comes, on the same scale; a label is never known to its own row. */
  readonly due: Float64Array
}

/** A point of the curve of an evaluation. */
export interface CurvePoint {
  /** Rows judged so far. */
  readonly judged: number
  /** When the newest of them was predicted or judged, on the scale of `times`. */
  readonly time: number
  /** Of the window. */
  readonly figures: Figures
}

/** A drift that an evaluation was told. */
export interface DriftMark {
  /** Rows judged so far. */
  readonly judged: number
  /** On the scale of the times of the rows. */
  readonly time: number
  /** 1: errors rose. -1: they fell. 0: not known. */
  readonly direction: Direction
}

/** How an evaluation went. */
export interface EvaluationReport {
  /** Its kind. */
  readonly learner: string
  /** What labels are to it. */
  readonly task: 'classes' | 'number'
  /** Rows predicted. */
  readonly rows: number
  /** Rows whose label came, and is one. */
  readonly judged: number
  /** Rows whose label never came. */
  readonly unlabelled: number
  /** Rows whose label is no class or number of the learner, or with a feature it cannot learn. */
  readonly refused: number
  /** Rows predicted and not learnt, because their label came after the last row. */
  readonly unlearnt: number
  /** Of all rows. */
  readonly overall: Figures
  /** Of the newest rows. */
  readonly window: Figures
  /** Rows of the window, at most. */
  readonly windowRows: number
  /** Figures of the window at about equal distances, the newest last. */
  readonly curve: readonly CurvePoint[]
  /** Drifts that were told, the first one first. */
  readonly drifts: readonly DriftMark[]
  /** Drifts that came within a window after one that was told. */
  readonly driftsKeptBack: number
  /** Its kind; undefined where there was none. */
  readonly detector: string | undefined
  /** Of the learner at the end. */
  readonly memoryBytes: number
}

/**
 * Prequential evaluation (Gama, Sebastiao and Rodrigues, "On evaluating stream learning algorithms", 2013), with labels that come when they come
 * (Grzenda, Gomes and Bifet, "Delayed labelling evaluation for data streams", 2020): before a row is predicted, every label that
 * has come by then is judged against what was said, and learnt with the features as they were. Memory: the rows that wait for their label.
 */
export class Evaluation {
  readonly #learner: Learner
  readonly #task: 'classes' | 'number'
  readonly #windowRows: number
  readonly #watch: DriftWatch | undefined
  readonly #detector: string | undefined
  readonly #overall: FigureMetric
  readonly #window: FigureMetric
  readonly #curve: Curve
  readonly #drifts: DriftMark[] = []
  readonly #pending: PendingRows
  readonly #said: Float64Array
  #now = -Infinity
  #rows = 0
  #judged = 0
  #unlabelled = 0
  #refused = 0

  constructor({ learner, window = 1000, detector, points = 500 }: EvaluationOptions) {
    const { task, outputs, features } = learner
    if (task !== 'classes' && task !== 'number') {
      throw new DefinitionError(
        `an evaluation compares predictions with labels: expected a learner of classes or numbers, found '${learner.kind}', which takes no labels; evaluate another`,
        { code: 'ML_USAGE' },
      )
    }
    if (task === 'number' && detector?.input === 'bits') {
      throw new DefinitionError(
        `an evaluation of a learner of numbers watches absolute errors: expected a detector of numbers, found '${detector.kind}', which takes 0 and 1; take adwin, kswin or page-hinkley`,
        { code: 'ML_USAGE' },
      )
    }
    this.#learner = learner
    this.#task = task
    this.#windowRows = checkSetting('evaluation', 'window', window, { atLeast: 1, whole: true })
    this.#watch = detector && new DriftWatch(detector, { cooldown: window })
    this.#detector = detector?.kind
    this.#overall = figureMetric(task, outputs)
    this.#window = figureMetric(task, outputs, window)
    this.#curve = new Curve(
      checkSetting('evaluation', 'points', points, { atLeast: 2, whole: true }),
    )
    this.#pending = new PendingRows(features, outputs)
    this.#said = new Float64Array(outputs)
  }

  /** Rows that were taken. */
  get rows(): number {
    return this.#rows
  }

  /** The next rows. @throws DefinitionError ML_USAGE where times fall, or columns are not those of the learner. */
  add(rows: EvaluationRows): void {
    const { columns, labels, times, due } = rows
    if (columns.length !== this.#learner.features) {
      throw new DefinitionError(
        `an evaluation of '${this.#learner.kind}': expected ${this.#learner.features} columns, found ${columns.length}; give it the features it was made for`,
        { code: 'ML_USAGE' },
      )
    }
    for (let row = 0; row < labels.length; row++) {
      const now = times[row]
      if (!(now >= this.#now)) {
        throw new DefinitionError(
          `an evaluation takes rows in their order: expected times that never fall, found row ${this.#rows} before the one in front of it; sort the rows by time`,
          { code: 'ML_USAGE' },
        )
      }
      this.#now = now
      this.#rows++
      while (this.#pending.hasDue(now)) this.#judge(true)
      this.#predict(columns, row)
      const slot = this.#slot
      if (Number.isNaN(labels[row])) {
        this.#unlabelled++
        this.#pending.release(slot)
      } else this.#pending.wait(slot, labels[row], due[row])
    }
  }

  /** Judges what still waits for its label, without learning it, and says how it went. */
  finish(): EvaluationReport {
    const unlearnt = this.#pending.count
    while (this.#pending.count > 0) this.#judge(false)
    const window = this.#window.value()
    return {
      learner: this.#learner.kind,
      task: this.#task,
      rows: this.#rows,
      judged: this.#judged,
      unlabelled: this.#unlabelled,
      refused: this.#refused,
      unlearnt,
      overall: this.#overall.value(),
      window,
      windowRows: this.#windowRows,
      curve: this.#curve.finish({ judged: this.#judged, time: this.#now, figures: window }),
      drifts: this.#drifts,
      driftsKeptBack: this.#watch?.counts.cooled ?? 0,
      detector: this.#detector,
      memoryBytes: this.#learner.memoryBytes,
    }
  }

  /** Where the row that was predicted last lies. */
  #slot = 0

  #predict(columns: readonly Float64Array[], row: number): void {
    const pending = this.#pending
    const slot = pending.slot()
    for (let i = 0; i < columns.length; i++) pending.columns[i][slot] = columns[i][row]
    this.#learner.predict({ columns: pending.columns, from: slot, to: slot + 1 }, this.#said)
    pending.said.set(this.#said, slot * this.#said.length)
    this.#slot = slot
  }

  #judge(learning: boolean): void {
    const pending = this.#pending
    const slot = pending.take()
    const label = pending.labels[slot]
    const rows = { columns: pending.columns, from: slot, to: slot + 1, times: pending.due }
    const learns = isLabel(this.#learner, label)
    if (learns) this.#measure(slot, label)
    const left = learns && learning ? this.#learner.learn(rows, pending.labels) : 0
    if (!learns || left > 0) this.#refused++
    pending.release(slot)
  }

  #measure(slot: number, label: number): void {
    const { said } = this.#pending
    const at = slot * this.#said.length
    this.#overall.add(said, at, label)
    this.#window.add(said, at, label)
    this.#judged++
    if (this.#watch?.update(this.#error(said, at, label)) === DRIFT) {
      const { direction } = this.#watch
      this.#drifts.push({ judged: this.#judged, time: this.#now, direction })
    }
    if (this.#curve.wants(this.#judged)) {
      this.#curve.add({ judged: this.#judged, time: this.#now, figures: this.#window.value() })
    }
  }

  #error(said: Float64Array, at: number, label: number): number {
    if (this.#task === 'number') return Math.abs(said[at] - label)
    const given = said[at + label]
    if (given === 0) return 1
    for (let i = 0; i < this.#said.length; i++) {
      // Of equally likely classes the first is said.
      if (said[at + i] > given || (i < label && said[at + i] === given)) return 1
    }
    return 0
  }
}

/** Points at equal distances, half of them dropped when there are too many: so that no one need know how many rows there will be. */
class Curve {
  readonly #most: number
  #points: CurvePoint[] = []
  #stride = 1

  constructor(most: number) {
    this.#most = most
  }

  wants(judged: number): boolean {
    return judged % this.#stride === 0
  }

  add(point: CurvePoint): void {
    this.#points.push(point)
    if (this.#points.length < this.#most) return
    this.#points = this.#points.filter((_, i) => i % 2 === 1)
    this.#stride *= 2
  }

  /** With the last point, where it is not there yet. */
  finish(last: CurvePoint): readonly CurvePoint[] {
    const there = this.#points.at(-1)?.judged === last.judged || last.judged === 0
    return there ? this.#points : [...this.#points, last]
  }
}
