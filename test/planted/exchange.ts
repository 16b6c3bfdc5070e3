// Lanes, merge, blocks and keys.
import type { PlantedBug } from './bug.ts'

export const exchangeBugs: readonly PlantedBug[] = [
  {
    name: 'merge-ignores-partition',
    does: 'Takes rows of equal time in the order in which their lanes stand, not of their partitions.',
    file: 'src/engine/exchange/merge.ts',
    text: `  if (a.headPartition !== b.headPartition) return a.headPartition < b.headPartition
`,
    becomes: ``,
    foundBy: [{ test: 'test/engine/exchange/merge.test.ts' }],
  },
  {
    name: 'merge-does-not-wait',
    does: 'Passes a lane that is empty though it may still bring earlier rows.',
    file: 'src/engine/exchange/merge.ts',
    text: `        run = Math.min(run, passing)`,
    becomes: `        run = Math.max(1, Math.min(run, passing))`,
    foundBy: [{ test: 'test/engine/exchange/merge.test.ts' }],
  },
  {
    name: 'equal-times-pass-a-lookup',
    does: 'Takes a row before a looked-up event of the same time that has not come yet.',
    file: 'src/engine/exchange/merge.ts',
    text: `best.runUntil(lane.bound, lane.input <= best.input, run)`,
    becomes: `best.runUntil(lane.bound, lane.input < best.input - 1, run)`,
    foundBy: [{ test: 'test/engine/exchange/merge.test.ts' }, { seeds: '0-99' }],
  },
  {
    name: 'row-within-block-forgotten',
    does: 'Goes on at the beginning of a block of which a batch had taken a part.',
    file: 'src/engine/exchange/lane.ts',
    text: `    this.#row = from.row`,
    becomes: `    this.#row = 0`,
    foundBy: [{ test: 'test/engine/exchange/merge.test.ts' }],
  },
  {
    name: 'progress-by-guess',
    does: 'Takes the time of the last row of a lane for how far the lane has come.',
    file: 'src/engine/exchange/lane.ts',
    text: `bound: Math.max(this.#taken.bound, block.progress),`,
    becomes: `bound: block.rows > 0 ? Math.max(this.#taken.bound, this.headMergeTime) : block.progress,`,
    foundBy: [{ test: 'test/engine/exchange/merge.test.ts' }, { seeds: '0-49' }],
  },
  {
    name: 'layout-not-checked',
    does: 'Reads a block of another definition as if it were of this one.',
    file: 'src/engine/exchange/lane.ts',
    text: `if (block.layout !== this.#layout.digest) {`,
    becomes: `if (block.layout === undefined) {`,
    foundBy: [{ test: 'test/engine/exchange/merge.test.ts' }],
  },
  {
    name: 'nibbles-swapped',
    does: 'Writes the second of two small integers in the place of the first.',
    file: 'src/engine/exchange/integers.ts',
    text: `bytes[at++] = low | (high << 4)`,
    becomes: `bytes[at++] = high | (low << 4)`,
    foundBy: [{ test: 'test/engine/exchange/block.test.ts' }],
  },
  {
    name: 'width-one-too-small',
    does: 'Packs numbers of up to 256 into a byte.',
    file: 'src/engine/exchange/integers.ts',
    text: `if (range < 0x100) return U8`,
    becomes: `if (range <= 0x100) return U8`,
    foundBy: [{ test: 'test/engine/exchange/block.test.ts' }],
  },
  {
    name: 'negative-zero-packed',
    does: 'Packs -0 as the integer 0.',
    file: 'src/engine/exchange/number-writer.ts',
    text: `if (whole && (Math.trunc(value) !== value || (value === 0 && 1 / value < 0))) whole = false`,
    becomes: `if (whole && Math.trunc(value) !== value) whole = false`,
    foundBy: [{ test: 'test/engine/exchange/block.test.ts' }],
  },
  {
    name: 'key-hashed-as-text',
    does: 'Finds the partition of a key by its characters, not its bytes.',
    file: 'src/base/murmur2.ts',
    text: `  const length = end - start
  let h = seed ^ length`,
    becomes: `  const length = Buffer.from(bytes.subarray(start, end)).toString('utf8').length
  let h = seed ^ length`,
    foundBy: [{ test: 'test/base/murmur2.test.ts' }],
  },
  {
    name: 'partition-by-signed-hash',
    does: 'Takes the absolute value of a hash where Kafka takes its low 31 bits.',
    file: 'src/base/murmur2.ts',
    text: `  return (hash & 0x7fff_ffff) % partitions`,
    becomes: `  return Math.abs(hash | 0) % partitions`,
    foundBy: [{ test: 'test/base/murmur2.test.ts' }],
  },
  {
    name: 'block-asked-for-again',
    does: 'Asks a lane again for the block that it has.',
    file: 'src/engine/exchange/lane.ts',
    text: `    this.#fetchOffset = offset + 1`,
    becomes: `    this.#fetchOffset = offset`,
    foundBy: [{ test: 'test/engine/merge-task.test.ts' }],
  },
]
