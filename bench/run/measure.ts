// One measure of `npm run bench`: a few figures of one kind, taken in a process of its own.

/** One line of the table. */
export interface Figure {
  readonly what: string
  readonly measured: number
  /** Behind the figure: `us`, `times`, `bytes an event`. */
  readonly unit: string
  /** What it should reach; undefined: nothing was said. */
  readonly aim?: Aim
  /** What bounds it; printed where the aim is missed. */
  readonly bound?: string
}

export interface Aim {
  readonly at: 'least' | 'most'
  readonly value: number
}

export interface Measure {
  /** What the figures are of, for progress. */
  readonly about: string
  /** How it is measured, for whoever reads the result. */
  readonly method: string
  /** Why it cannot be taken here; undefined: it can. */
  readonly notHere?: () => string | undefined
  readonly take: () => Promise<readonly Figure[]>
}

export function isMet({ measured, aim }: Figure): boolean {
  if (aim === undefined) return true
  return aim.at === 'least' ? measured >= aim.value : measured <= aim.value
}

export const atLeast = (value: number): Aim => ({ at: 'least', value })
export const atMost = (value: number): Aim => ({ at: 'most', value })
