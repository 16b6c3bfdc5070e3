// A value less an offset, divided by a width: what all scalers do.
import { VALUE_LIMIT } from '../../contracts/learner.ts'

/** Where there is no width, or nothing is known, all is 0; NaN stays NaN. */
export function scaled(value: number, offset: number, width: number): number {
  if (!(width > 0)) return value === value ? 0 : value
  const part = (value - offset) / width
  return part > VALUE_LIMIT ? VALUE_LIMIT : part < -VALUE_LIMIT ? -VALUE_LIMIT : part
}
