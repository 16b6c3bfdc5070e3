import { expect, it } from 'vitest'
import { faultsOf, keyExplosion } from '../../scripts/limits/key-explosion.ts'
import { KEPT } from './pipelines/visits.ts'

it(
  'a run sees four times as many keys as its sets keep, forgets the oldest, and scores every row, within the memory of one that sees twenty million',
  { timeout: 600_000 },
  async () => {
    const came = await keyExplosion(4 * KEPT)
    expect(faultsOf(came)).toEqual([])
    const [recent, newest] = came.sets
    // Whoever came last is exactly as old as is kept; each of the two tasks lets go of the others at its own newest row.
    expect(recent.keys).toBeGreaterThanOrEqual(KEPT)
    expect(recent.keys).toBeLessThan(1.01 * KEPT)
    expect(newest).toMatchObject({ keys: KEPT, evicted: 3 * KEPT })
  },
)
