// How often chance alone gives a statistic as great as one that was seen.

/** Lanczos' coefficients, g = 7, n = 9 (Numerical Recipes, 6.1; Godfrey, 2001): relative error below 1e-14. */
const LANCZOS = [
  0.999_999_999_999_809_93, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13,
  -176.615_029_162_140_59, 12.507_343_278_686_905, -0.138_571_095_265_720_12,
  9.984_369_578_019_571_6e-6, 1.505_632_735_149_311_6e-7,
]

function logGamma(x: number): number {
  let sum = LANCZOS[0]
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i] / (x - 1 + i)
  const shifted = x + 6.5
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(shifted) - shifted + Math.log(sum)
}

/**
 * Chance that a chi-square variable with so many degrees of freedom is at least `statistic`: the upper incomplete gamma function, by its
 * series or its continued fraction (Numerical Recipes, 6.2). Relative error about 1e-12; 1 for 0 degrees.
 */
export function chiSquareTail(statistic: number, degrees: number): number {
  if (!(statistic > 0) || degrees === 0) return 1
  const a = degrees / 2
  const x = statistic / 2
  const front = Math.exp(a * Math.log(x) - x - logGamma(a))
  return x < a + 1 ? 1 - front * series(a, x) : front * fraction(a, x)
}

function series(a: number, x: number): number {
  let term = 1 / a
  let sum = term
  for (let i = 1; Math.abs(term) > 1e-16 * sum; i++) {
    term *= x / (a + i)
    sum += term
  }
  return sum
}

/** Lentz' method. */
function fraction(a: number, x: number): number {
  let b = x + 1 - a
  let c = 1e300
  let d = 1 / b
  let value = d
  for (let i = 1; i < 10_000; i++) {
    const an = -i * (i - a)
    b += 2
    d = 1 / nonzero(an * d + b)
    c = nonzero(b + an / c)
    value *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return value
}

const nonzero = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value)

/** Beyond so many steps of the exact law, the limit is used. */
const EXACT_STEPS = 1_000_000

/**
 * Chance that the greatest distance of the distribution functions of two samples of one continuous law is at least `distance`: exact by
 * the recursion of Kim and Jennrich (1973) up to 1,000,000 pairs of rows, beyond by Kolmogorov's limit with the correction of Stephens
 * (1970). With ties the true chance is less: the test is then on the safe side.
 */
export function kolmogorovTail(distance: number, first: number, second: number): number {
  if (!(distance > 0)) return 1
  if (first * second <= EXACT_STEPS) return exactTail(distance, first, second)
  const root = Math.sqrt((first * second) / (first + second))
  return limitTail((root + 0.12 + 0.11 / root) * distance)
}

function exactTail(distance: number, first: number, second: number): number {
  const [m, n] = first < second ? [first, second] : [second, first]
  // Between two values that the distance can have, so that rounding decides nothing.
  const bound = (0.5 + Math.floor(distance * m * n - 1e-7)) / (m * n)
  const within = new Float64Array(n + 1)
  for (let j = 0; j <= n; j++) within[j] = j / n > bound ? 0 : 1
  for (let i = 1; i <= m; i++) {
    const weight = i / (i + n)
    within[0] = i / m > bound ? 0 : weight * within[0]
    for (let j = 1; j <= n; j++) {
      within[j] = Math.abs(i / m - j / n) > bound ? 0 : weight * within[j] + within[j - 1]
    }
  }
  return Math.min(1, Math.max(0, 1 - within[n]))
}

/** 2 sum (-1)^(k-1) exp(-2 k^2 x^2). */
function limitTail(x: number): number {
  if (x < 0.2) return 1
  let sum = 0
  for (let k = 1; k < 200; k++) {
    const term = Math.exp(-2 * k * k * x * x)
    sum += k % 2 === 1 ? term : -term
    if (term < 1e-17 * sum) break
  }
  return Math.min(1, 2 * sum)
}
