// The nearest multiple of a tenth, of two equally near the even one: the bits of Python's round(x, 1).

/** Beyond it a double has no tenths. */
const LIMIT = 2 ** 49

export function roundToTenth(x: number): number {
  if (!(x < LIMIT && x > -LIMIT)) return x
  const size = Math.abs(x)
  // Ten times x as an exact sum of two doubles: both parts of it are exact, and so is what their sum leaves out (Dekker's).
  const eight = size * 8
  const two = size * 2
  const ten = eight + two
  const left = two - (ten - eight)
  const whole = Math.floor(ten)
  // Exact: whole is at most one below ten, and left less than half a unit of its last place.
  const above = ten - whole - 0.5
  let near = whole
  if (above > -left || (above === -left && whole % 2 === 1)) near++
  const rounded = near / 10
  return x < 0 ? -rounded : rounded
}
