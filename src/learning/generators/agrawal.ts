// People who ask for a loan, and ten rules by which they get it.
import { Prng } from '../../base/prng.ts'
import { checkSetting } from '../settings.ts'
import { AGRAWAL_RULES, type Applicant } from './agrawal-rules.ts'
import type { GeneratedFeature, Generator } from './generator.ts'

/** What `agrawal` takes. */
export interface AgrawalOptions {
  /** 1 to 10: the function of the paper. Default 1. */
  readonly concept?: number
  /** How far numbers are moved after the class is known, as a share of their range. Default 0.05. */
  readonly perturbation?: number
  /** Default 1. */
  readonly seed?: number
}

const FEATURES: readonly GeneratedFeature[] = [
  { name: 'salary' },
  { name: 'commission' },
  { name: 'age' },
  { name: 'education', values: 5 },
  { name: 'car', values: 20 },
  { name: 'zip', values: 9 },
  { name: 'houseValue' },
  { name: 'houseYears' },
  { name: 'loan' },
]

/**
 * Agrawal's functions (Agrawal, Imielinski and Swami, "Database mining: a performance perspective", IEEE TKDE 5, 1993). Salary uniform
 * in [20,000, 150,000); commission 0 above 75,000 of salary, else uniform in [10,000, 75,000); age 20 to 80; education 0 to 4; car 0 to
 * 19; zip 0 to 8, which bounds the house's value to 0.5 to 1.5 times (9 - zip) 100,000; years owned 1 to 30; loan up to 500,000.
 * Class 0 is the paper's group A, class 1 its group B.
 * @example
 * agrawal({ concept: 2, seed: 7 })
 */
export function agrawal(options: AgrawalOptions = {}): Generator {
  const { concept = 1, perturbation = 0.05, seed = 1 } = options
  checkSetting('agrawal', 'concept', concept, { atLeast: 1, atMost: 10, whole: true })
  checkSetting('agrawal', 'perturbation', perturbation, { atLeast: 0, atMost: 1 })
  const random = new Prng(seed)
  const inGroupA = AGRAWAL_RULES[concept - 1]
  const one = new Applicants(random, perturbation)
  return {
    kind: 'agrawal',
    task: 'classes',
    classes: 2,
    features: FEATURES,
    next(x) {
      one.draw()
      const label = inGroupA(one) ? 0 : 1
      one.write(x)
      return label
    },
  }
}

class Applicants implements Applicant {
  salary = 0
  commission = 0
  age = 0
  education = 0
  houseValue = 0
  houseYears = 0
  loan = 0
  #car = 0
  #zip = 0
  readonly #random: Prng
  readonly #perturbation: number

  constructor(random: Prng, perturbation: number) {
    this.#random = random
    this.#perturbation = perturbation
  }

  draw(): void {
    const random = this.#random
    this.salary = 20_000 + 130_000 * random.next()
    this.commission = this.salary >= 75_000 ? 0 : 10_000 + 65_000 * random.next()
    this.age = 20 + random.below(61)
    this.education = random.below(5)
    this.#car = random.below(20)
    this.#zip = random.below(9)
    this.houseValue = (9 - this.#zip) * 100_000 * (0.5 + random.next())
    this.houseYears = 1 + random.below(30)
    this.loan = 500_000 * random.next()
  }

  write(x: Float64Array): void {
    const street = (9 - this.#zip) * 100_000
    x[0] = this.#moved(this.salary, 20_000, 150_000)
    x[1] = this.commission > 0 ? this.#moved(this.commission, 10_000, 75_000) : 0
    x[2] = Math.round(this.#moved(this.age, 20, 80))
    x[3] = this.education
    x[4] = this.#car
    x[5] = this.#zip
    x[6] = this.#moved(this.houseValue, 0.5 * street, 1.5 * street)
    x[7] = Math.round(this.#moved(this.houseYears, 1, 30))
    x[8] = this.#moved(this.loan, 0, 500_000)
  }

  #moved(value: number, least: number, most: number): number {
    if (this.#perturbation === 0) return value
    const by = (2 * this.#random.next() - 1) * this.#perturbation * (most - least)
    return Math.min(most, Math.max(least, value + by))
  }
}
