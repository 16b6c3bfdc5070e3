// The ten functions of Agrawal, Imielinski and Swami (1993): who is of group A.

export interface Applicant {
  readonly salary: number
  readonly commission: number
  readonly age: number
  readonly education: number
  readonly houseValue: number
  readonly houseYears: number
  readonly loan: number
}

type Rule = (of: Applicant) => boolean
/** Least and greatest, both included, in thousands. */
type Range = readonly [least: number, most: number]

const within = (value: number, [least, most]: Range): boolean =>
  value >= 1000 * least && value <= 1000 * most

/** Of three: below 40 years, below 60, from 60 on. */
function byAge<T>({ age }: Applicant, three: readonly [T, T, T]): T {
  return three[age < 40 ? 0 : age < 60 ? 1 : 2]
}

const LOW: Range = [25, 75]
const MIDDLE: Range = [50, 100]
const HIGH: Range = [75, 125]

/** Whether the education is one of the three neighbours that the third and the fourth function name. */
function schooled(of: Applicant): boolean {
  const [least, most] = byAge(of, [
    [0, 1],
    [1, 3],
    [2, 4],
  ])
  return of.education >= least && of.education <= most
}

const twoThirds = ({ salary, commission }: Applicant): number => (2 * (salary + commission)) / 3

const equity = ({ houseYears, houseValue }: Applicant): number =>
  houseYears < 20 ? 0 : (houseValue * (houseYears - 20)) / 10

/** The first function first. */
export const AGRAWAL_RULES: readonly Rule[] = [
  ({ age }) => age < 40 || age >= 60,
  (of) => within(of.salary, byAge(of, [MIDDLE, HIGH, LOW])),
  schooled,
  (of) =>
    within(
      of.salary,
      schooled(of) ? byAge(of, [LOW, MIDDLE, MIDDLE]) : byAge(of, [MIDDLE, HIGH, LOW]),
    ),
  (of) => {
    const salaried = within(of.salary, byAge(of, [MIDDLE, HIGH, LOW]))
    const loans: readonly [Range, Range, Range] = salaried
      ? [
          [100, 300],
          [200, 400],
          [300, 500],
        ]
      : [
          [200, 400],
          [300, 500],
          [100, 300],
        ]
    return within(of.loan, byAge(of, loans))
  },
  (of) => within(of.salary + of.commission, byAge(of, [MIDDLE, HIGH, LOW])),
  (of) => twoThirds(of) - of.loan / 5 - 20_000 > 0,
  (of) => twoThirds(of) - 5000 * of.education - 20_000 > 0,
  (of) => twoThirds(of) - 5000 * of.education - of.loan / 5 - 10_000 > 0,
  (of) => twoThirds(of) - 5000 * of.education + equity(of) / 5 - 10_000 > 0,
]
