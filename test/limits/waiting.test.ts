import { expect, it } from 'vitest'
import { waitingMemory, WAITING_BYTES } from '../../scripts/limits/waiting-memory.ts'

it(
  'a million predictions wait for their labels in five bytes of memory each',
  { timeout: 600_000 },
  async () => {
    const predictions = 1_000_000
    const { memoryBytes, inRuns } = await waitingMemory(predictions)
    expect(inRuns).toBeGreaterThan(0.8 * predictions)
    expect(memoryBytes).toBeLessThan(predictions * WAITING_BYTES)
  },
)
