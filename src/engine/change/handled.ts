// Which events of a stream are done with, so that they are not done again when a changed plan reads them once more.
import { sourceNumber } from '../exchange/source-number.ts'

/** One partition of a topic: every offset below is done with, but for those of these runs. JSON. */
export interface HandledPart {
  readonly topic: string
  readonly partition: number
  readonly below: number
  /** Sorted, apart: [first, count]. */
  readonly except: readonly (readonly [first: number, count: number])[]
}

export function isHandled({ below, except }: HandledPart, offset: number): boolean {
  return offset < below && !within(except, offset)
}

/** Events of one stream, by the number their rows have for their source (`source-number.ts`). */
export class Handled {
  readonly #parts = new Map<number, HandledPart>()

  /** @param topics that the stream is read from, in their order. */
  constructor(parts: readonly HandledPart[], topics: readonly string[]) {
    for (const part of parts) {
      const rank = topics.indexOf(part.topic)
      if (rank >= 0) this.#parts.set(sourceNumber(rank, part.partition), part)
    }
  }

  has(source: number, offset: number): boolean {
    const part = this.#parts.get(source)
    return part !== undefined && isHandled(part, offset)
  }

  /** 1 for each of these events that it has; undefined where it has none of them. */
  marks(
    sources: ArrayLike<number>,
    offsets: ArrayLike<number>,
    count: number,
  ): Uint8Array | undefined {
    let marks: Uint8Array | undefined
    for (let row = 0; row < count; row++) {
      if (!this.has(sources[row], offsets[row])) continue
      marks ??= new Uint8Array(count)
      marks[row] = 1
    }
    return marks
  }
}

/** Runs of offsets, in any order and more than once, as sorted runs. */
export function runsOf(offsets: readonly number[]): [first: number, count: number][] {
  const runs: [number, number][] = []
  for (const offset of offsets.toSorted((a, b) => a - b)) {
    const last = runs.at(-1)
    if (last !== undefined && offset < last[0] + last[1]) continue
    if (last !== undefined && offset === last[0] + last[1]) last[1]++
    else runs.push([offset, 1])
  }
  return runs
}

/** What either of two has. */
export function either(one: readonly HandledPart[], other: readonly HandledPart[]): HandledPart[] {
  const alike = (a: HandledPart, b: HandledPart): boolean =>
    a.topic === b.topic && a.partition === b.partition
  const both = one.map((part) => {
    const second = other.find((each) => alike(each, part))
    return second === undefined ? part : eitherOf(part, second)
  })
  return [...both, ...other.filter((part) => !one.some((each) => alike(each, part)))]
}

function eitherOf(one: HandledPart, other: HandledPart): HandledPart {
  const open = [...one.except, ...other.except]
    .flatMap(([first, count]) => Array.from({ length: count }, (_, i) => first + i))
    .filter((offset) => !isHandled(one, offset) && !isHandled(other, offset))
  return { ...one, below: Math.max(one.below, other.below), except: runsOf(open) }
}

function within(runs: HandledPart['except'], offset: number): boolean {
  let from = 0
  let to = runs.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (runs[middle][0] <= offset) from = middle + 1
    else to = middle
  }
  const run = runs[from - 1]
  return run !== undefined && offset < run[0] + run[1]
}
