// What an aggregate is, by plain arithmetic over the list of events: it shares nothing with the aggregates themselves.

export type PlainValue = number | boolean | string

export interface PlainEvent {
  readonly time: number
  readonly value: PlainValue
}

export interface PlainWindow {
  readonly from: number
  readonly to: number
}

/** @param variant that of the aggregate. undefined stands for none. */
export function plain(
  { name, variant = '' }: { readonly name: string; readonly variant?: string },
  events: readonly PlainEvent[],
  { from, to }: PlainWindow,
): PlainValue | readonly PlainValue[] | undefined {
  const values = events.map(({ value }) => value)
  if (name === 'distinct') return new Set(values).size
  if (name === 'topK') return mostFrequent(values, Number(variant))
  if (name === 'count') return values.length
  if (name === 'rate') return (values.length / (to - from)) * Number(variant)
  if (name === 'sum') return total(values.map(Number))
  if (values.length === 0) return undefined
  if (name === 'first') return values[0]
  return ofNumbers(name, variant, events)
}

function ofNumbers(
  name: string,
  variant: string,
  events: readonly PlainEvent[],
): number | undefined {
  const values = events.map(({ value }) => Number(value))
  const n = values.length
  const average = total(values) / n
  const squared = total(values.map((value) => (value - average) ** 2))
  switch (name) {
    case 'mean':
    case 'share':
      return average
    case 'min':
      return Math.min(...values)
    case 'max':
      return Math.max(...values)
    case 'variance':
      return n < 2 ? undefined : squared / (n - 1)
    case 'std':
      return n < 2 ? undefined : Math.sqrt(squared / (n - 1))
    case 'rms':
      return Math.sqrt(total(values.map((value) => value * value)) / n)
    case 'quantile':
      return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(Number(variant) * n) - 1)]
    case 'ewma': {
      const newest = events[n - 1].time
      const weights = events.map(({ time }) => 2 ** ((time - newest) / Number(variant)))
      return total(weights.map((weight, i) => weight * values[i])) / total(weights)
    }
    case 'slope': {
      const times = events.map(({ time }) => time - events[0].time)
      const middle = total(times) / n
      const squares = total(times.map((time) => (time - middle) ** 2))
      const products = total(times.map((time, i) => (time - middle) * (values[i] - average)))
      return new Set(times).size < 2 ? undefined : (products / squares) * Number(variant)
    }
    default:
      throw new RangeError(`the test knows no aggregate '${name}'`)
  }
}

/** Of equally frequent ones the one that was there first. */
function mostFrequent(values: readonly PlainValue[], k: number): PlainValue[] {
  const counts = new Map<PlainValue, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const ranked = [...counts].sort((a, b) => b[1] - a[1])
  return ranked.slice(0, k).map(([value]) => value)
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
