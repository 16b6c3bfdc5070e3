// CPU of this process: what other processes do on the machine is not in it, but for the caches that they share.

/** User and system time of all threads since the process began, microseconds. */
export function cpuMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

export function cpuMillis(): number {
  return cpuMicros() / 1000
}

/** Does some work and says how many units that was. */
export type Work = () => number | Promise<number>

interface Rounds {
  readonly rounds: number
  /** Of one kind of work in one round, microseconds of CPU. */
  readonly micros: number
}

/**
 * What a unit of each kind of work costs, microseconds of CPU: the kinds take turns, so that a machine that gets slower gets slower for all of
 * them; the first round warms up, and the median of the others counts.
 */
export async function costs(
  works: readonly Work[],
  { rounds, micros }: Rounds,
): Promise<readonly number[]> {
  const taken: number[][] = works.map(() => [])
  for (let round = 0; round <= rounds; round++) {
    for (const [i, work] of works.entries()) {
      const begun = cpuMicros()
      let units = 0
      while (cpuMicros() - begun < micros) units += await work()
      if (round > 0) taken[i].push((cpuMicros() - begun) / units)
    }
  }
  return taken.map((each) => each.toSorted((a, b) => a - b)[Math.floor(each.length / 2)])
}
