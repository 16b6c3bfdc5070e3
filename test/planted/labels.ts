// Labels, and what waits for them.
import type { PlantedBug } from './bug.ts'

export const labelBugs: readonly PlantedBug[] = [
  {
    name: 'label-joined-twice',
    does: 'Joins a label again that says what the one before it said.',
    file: 'src/engine/operators/join-body.ts',
    text: `    } else if (status !== WAITING && entry.label === label) {`,
    becomes: `    } else if (status === EARLY && entry.label === label) {`,
    foundBy: [{ test: 'test/engine/join-body.test.ts' }],
  },
  {
    name: 'revision-taken-for-a-duplicate',
    does: 'Counts a label that says something else as one that came twice.',
    file: 'src/engine/operators/join-body.ts',
    text: `    } else if (status !== WAITING && entry.label === label) {`,
    becomes: `    } else if (status !== WAITING) {`,
    foundBy: [{ test: 'test/engine/join-body.test.ts' }],
  },
  {
    name: 'revised-metric-not-taken-back',
    does: 'Measures a revised label beside the one it stands for.',
    file: 'src/engine/operators/join-body.ts',
    text: `const before = status === JOINED ? entry.label : NaN`,
    becomes: `const before = status === EARLY ? entry.label : NaN`,
    foundBy: [{ test: 'test/engine/join-body.test.ts' }],
  },
  {
    name: 'expiry-before-label-of-the-same-time',
    does: 'Lets a prediction expire before the label that comes when its time is over.',
    file: 'src/engine/operators/join-body.ts',
    text: `    while (room.nextDue < now) {
      if (now === Infinity && this.#rows.count >= END_ROWS) return true
      const taken = room.takeNext(now)`,
    becomes: `    while (room.nextDue <= now) {
      if (now === Infinity && this.#rows.count >= END_ROWS) return true
      const taken = room.takeNext(now + 1)`,
    foundBy: [{ test: 'test/engine/join-body.test.ts' }, { seeds: '0-19' }],
  },
  {
    name: 'dead-label-feed-makes-negatives',
    does: 'Lets predictions expire by their own time while no labels come.',
    file: 'src/engine/operators/join-body.ts',
    text: `const quiet = !isLabel && idle[LABELS_INPUT] !== false`,
    becomes: `const quiet = !isLabel && idle[LABELS_INPUT] === 'behind'`,
    foundBy: [{ test: 'test/engine/join-body.test.ts' }],
  },
  {
    name: 'second-prediction-judged',
    does: 'Lets a second prediction of an id take the place of the first.',
    file: 'src/engine/operators/join-body.ts',
    text: `    if (status === WAITING || status === JOINED) {`,
    becomes: `    if (status === JOINED) {`,
    foundBy: [{ test: 'test/engine/join-body.test.ts' }, { seeds: '0-19' }],
  },
  {
    name: 'gone-row-comes-back',
    does: 'Marks a row that left its run in memory that no commit has.',
    file: 'src/engine/waiting/run-directory.ts',
    text: `    region.setI32(at, region.i32[at] | (1 << (row & 31)))`,
    becomes: `    region.i32[at] |= 1 << (row & 31)`,
    foundBy: [{ test: 'test/engine/join-batches.test.ts' }, { seeds: '0-199' }],
  },
  {
    name: 'print-of-an-id-misses',
    does: 'Looks for ids in a run by other bits of their hash than it was written with.',
    file: 'src/engine/waiting/run-format.ts',
    text: `      const print = (hash << bits) >>> (32 - PRINT_BITS)`,
    becomes: `      const print = (hash << (bits + 1)) >>> (32 - PRINT_BITS)`,
    foundBy: [{ test: 'test/engine/waiting/run-format.test.ts' }, { seeds: '0-49' }],
  },
  {
    name: 'runs-expire-before-the-newest',
    does: 'Lets rows of runs expire before older ones that are in memory.',
    file: 'src/engine/waiting/waiting-room.ts',
    text: `      ? this.#runs.takeNext(this.#newest.nextDue, this.#newest.nextOrder, entry)`,
    becomes: `      ? this.#runs.takeNext(now, -Infinity, entry)`,
    foundBy: [{ test: 'test/engine/join-batches.test.ts' }, { seeds: '0-199' }],
  },
  {
    name: 'run-trimmed-while-it-waits',
    does: 'Lets the oldest run of what waits be trimmed from the log.',
    file: 'src/engine/waiting/waiting-room.ts',
    text: `return Math.min(this.#directory.end, ...offsets)`,
    becomes: `return this.#directory.end`,
    foundBy: [{ test: 'test/engine/retention.test.ts' }, { seeds: '0-299' }],
  },
]
