// Detectors of change as a user makes them.
import type { Detector } from '../../contracts/detector.ts'
import { Adwin, type AdwinOptions } from '../drift/adwin.ts'
import { Ddm, type DdmOptions } from '../drift/ddm.ts'
import { Eddm, type EddmOptions } from '../drift/eddm.ts'
import { Fhddm, type FhddmOptions } from '../drift/fhddm.ts'
import { HddmA, type HddmOptions } from '../drift/hddm-a.ts'
import { HddmW, type HddmWOptions } from '../drift/hddm-w.ts'
import { Kswin, type KswinOptions } from '../drift/kswin.ts'
import { PageHinkley, type PageHinkleyOptions } from '../drift/page-hinkley.ts'

/**
 * A window that is cut where its mean changed (Bifet and Gavalda, 2007). Of any numbers; at most one false alarm in 100,000.
 * @example
 * adwin({ delta: 0.001 })
 */
export function adwin(options: AdwinOptions = {}): Detector {
  return new Adwin(options)
}

/**
 * A rise of the rate of errors above its least (Gama and others, 2004). Of error bits; at most one false alarm in 20,000.
 * @example
 * ddm()
 */
export function ddm(options: DdmOptions = {}): Detector {
  return new Ddm(options)
}

/**
 * Errors that come closer together (Baena-Garcia and others, 2006). Of error bits; at most one false alarm in 400.
 * @example
 * eddm()
 */
export function eddm(options: EddmOptions = {}): Detector {
  return new Eddm(options)
}

/**
 * A fall of the share of right answers in a window (Pesaranghader and Viktor, 2016). Of error bits; at most one false alarm in 3,000.
 * @example
 * fhddm({ window: 200 })
 */
export function fhddm(options: FhddmOptions = {}): Detector {
  return new Fhddm(options)
}

/**
 * Means before and after, by Hoeffding's bound (Frias-Blanco and others, 2015). Of error bits; at most one false alarm in 20,000.
 * @example
 * hddmA()
 */
export function hddmA(options: HddmOptions = {}): Detector {
  return new HddmA(options)
}

/**
 * As `hddmA`, of weighted means: sooner, and with more false alarms, at most one in 1,000. Of error bits.
 * @example
 * hddmW()
 */
export function hddmW(options: HddmWOptions = {}): Detector {
  return new HddmW(options)
}

/**
 * The newest numbers against a sample of older ones, by Kolmogorov-Smirnov (Raab and others, 2020). At most one false alarm in 300.
 * @example
 * kswin({ alpha: 0.0001 })
 */
export function kswin(options: KswinOptions = {}): Detector {
  return new Kswin(options)
}

/**
 * Sums of distances from the mean (Page, 1954). Of any numbers; of error bits at most one false alarm in 8,000.
 * @example
 * pageHinkley({ threshold: 100 })
 */
export function pageHinkley(options: PageHinkleyOptions = {}): Detector {
  return new PageHinkley(options)
}
