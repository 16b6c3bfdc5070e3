// How good a model of probabilities is, pair by pair as labels arrive (prequential: each row was
// scored before its label was known; Gama, Sebastiao and Rodrigues, 2013).
import { assert } from '../../base/assert.ts'
import {
  CALIBRATION_DOUBLES,
  Calibration,
  expectedCalibrationError,
  type CalibrationBin,
} from './calibration.ts'
import { ExactSum, SUM_DOUBLES } from './exact-sum.ts'
import { bump, type MetricMemory } from './metric-memory.ts'
import type { Metrics, MetricsKind } from './metrics-kind.ts'
import { AUC_BINS, RocAuc } from './roc-auc.ts'

export interface BinaryReport {
  readonly count: number
  readonly positives: number
  /** Pairs whose score was no probability: outside [0, 1]. */
  readonly outside: number
  /**
   * Mean of -ln(the probability given to what came true), with scores kept 2^-52 away from 0 and 1.
   */
  readonly logLoss: number | undefined
  /** Mean of (score - label)^2 (Brier, 1950). */
  readonly brier: number | undefined
  /**
   * Log loss of always saying the share of positives among all pairs: the entropy of the labels.
   */
  readonly baseRateLogLoss: number | undefined
  /**
   * Log loss of saying, before each label, the share among the labels so far, (positives + 1/2) /
   * (count + 1).
   */
  readonly runningBaseRateLogLoss: number | undefined
  readonly auc: number | undefined
  /** Greatest distance of `auc` to the exact area. */
  readonly aucError: number | undefined
  readonly calibrationError: number | undefined
  readonly calibration: readonly CalibrationBin[]
}

const EPSILON = 2 ** -52

const COUNT = 0
const POSITIVES = 1
const OUTSIDE = 2
const LOG_LOSS = 3
const BRIER = LOG_LOSS + SUM_DOUBLES
const RUNNING = BRIER + SUM_DOUBLES
const CALIBRATION = RUNNING + SUM_DOUBLES
const AUC = CALIBRATION + CALIBRATION_DOUBLES

/**
 * Labels are 0 or 1. Everything but `runningBaseRateLogLoss` is a function of the set of pairs:
 * their order and how they are merged change no bit, and `remove` undoes `add`. The running base
 * rate follows the order of labels (Krichevsky and Trofimov, 1981); taking a pair back takes back
 * what its label would cost now.
 */
export class BinaryMetrics implements Metrics<BinaryReport> {
  readonly #memory: MetricMemory
  readonly #at: number
  readonly #logLoss: ExactSum
  readonly #brier: ExactSum
  readonly #running: ExactSum
  readonly #calibration: Calibration
  readonly #auc: RocAuc

  /** Doubles of memory with that many bins for the area under the curve. */
  static doubles(aucBins: number = AUC_BINS): number {
    return AUC + 2 * aucBins
  }

  constructor(memory: MetricMemory, at = 0, aucBins: number = AUC_BINS) {
    this.#memory = memory
    this.#at = at
    this.#logLoss = new ExactSum(memory, at + LOG_LOSS)
    this.#brier = new ExactSum(memory, at + BRIER)
    this.#running = new ExactSum(memory, at + RUNNING)
    this.#calibration = new Calibration(memory, at + CALIBRATION)
    this.#auc = new RocAuc(memory, at + AUC, aucBins)
  }

  add(score: number, label: number): void {
    checkPair(score, label)
    this.#running.add(this.#runningLoss(label))
    this.#count(score, label, 1)
    this.#logLoss.add(logLoss(score, label))
    this.#brier.add((score - label) ** 2)
    this.#calibration.add(score, label)
    this.#auc.add(score, label)
  }

  remove(score: number, label: number): void {
    checkPair(score, label)
    this.#count(score, label, -1)
    this.#running.subtract(this.#runningLoss(label))
    this.#logLoss.subtract(logLoss(score, label))
    this.#brier.subtract((score - label) ** 2)
    this.#calibration.add(score, label, -1)
    this.#auc.remove(score, label)
  }

  merge(from: BinaryMetrics): void {
    for (const place of [COUNT, POSITIVES, OUTSIDE]) {
      bump(this.#memory, this.#at + place, from.#memory.f64[from.#at + place])
    }
    this.#logLoss.merge(from.#logLoss)
    this.#brier.merge(from.#brier)
    this.#running.merge(from.#running)
    this.#calibration.merge(from.#calibration)
    this.#auc.merge(from.#auc)
  }

  value(): BinaryReport {
    const count = this.#memory.f64[this.#at + COUNT]
    const positives = this.#memory.f64[this.#at + POSITIVES]
    const auc = this.#auc.value()
    const bins = this.#calibration.bins()
    const mean = (sum: ExactSum): number | undefined =>
      count === 0 ? undefined : sum.value() / count
    return {
      count,
      positives,
      outside: this.#memory.f64[this.#at + OUTSIDE],
      logLoss: mean(this.#logLoss),
      brier: mean(this.#brier),
      baseRateLogLoss: count === 0 ? undefined : entropy(positives / count),
      runningBaseRateLogLoss: mean(this.#running),
      auc: auc?.area,
      aucError: auc?.error,
      calibrationError: count === 0 ? undefined : expectedCalibrationError(bins),
      calibration: bins,
    }
  }

  #count(score: number, label: number, by: 1 | -1): void {
    bump(this.#memory, this.#at + COUNT, by)
    if (label === 1) bump(this.#memory, this.#at + POSITIVES, by)
    if (score < 0 || score > 1) bump(this.#memory, this.#at + OUTSIDE, by)
  }

  #runningLoss(label: number): number {
    const count = this.#memory.f64[this.#at + COUNT]
    const positives = this.#memory.f64[this.#at + POSITIVES]
    return logLoss((positives + 0.5) / (count + 1), label)
  }
}

/** Layout of binary metrics with that many bins for the area under the curve. */
export function binaryMetrics(
  aucBins: number = AUC_BINS,
): MetricsKind<BinaryReport, BinaryMetrics> {
  return {
    doubles: BinaryMetrics.doubles(aucBins),
    over: (memory, at) => new BinaryMetrics(memory, at, aucBins),
    merge: (into, from) => into.merge(from),
  }
}

function checkPair(score: number, label: number): void {
  assert(Number.isFinite(score), 'a score that is judged is finite')
  assert(label === 0 || label === 1, 'a label of binary metrics is 0 or 1')
}

function logLoss(score: number, label: number): number {
  const given = Math.min(1 - EPSILON, Math.max(EPSILON, score))
  return -(label === 1 ? Math.log(given) : Math.log1p(-given))
}

function entropy(rate: number): number {
  if (rate === 0 || rate === 1) return 0
  return -(rate * Math.log(rate) + (1 - rate) * Math.log1p(-rate))
}
