// Models and learners in the stream.
import type { PlantedBug } from './bug.ts'

export const learnerBugs: readonly PlantedBug[] = [
  {
    name: 'learnt-twice-after-restart',
    does: 'Learns the examples once more that the snapshot has, where it was taken within a batch.',
    file: 'src/engine/relearn.ts',
    text: `  let skip = from.rows`,
    becomes: `  let skip = 0 * from.rows`,
    foundBy: [{ seeds: '120-139' }],
  },
  {
    name: 'snapshot-knows-its-own-period',
    does: 'Takes a snapshot after the first example of the next period.',
    file: 'src/engine/operators/learner-body.ts',
    text: `while (to < most && times[to] < end) to++`,
    becomes: `while (to < most && times[to] <= end) to++`,
    foundBy: [{ seeds: '120-139' }],
  },
  {
    name: 'learner-told-too-far',
    does: 'Tells those who predict of a period that is not over.',
    file: 'src/engine/operators/learner-body.ts',
    text: `return (Math.floor(time / periodMs) + 1) * periodMs`,
    becomes: `return (Math.floor(time / periodMs) + 2) * periodMs`,
    foundBy: [{ test: 'test/testing/learning.test.ts' }, { seeds: '0-199' }],
  },
  {
    name: 'first-snapshot-for-ever',
    does: 'Predicts with the first snapshot that it loaded, whatever comes after it.',
    file: 'src/engine/operators/learnt-models.ts',
    text: `if (this.#loaded.snapshot === snapshot) return this.#loaded.model`,
    becomes: `if (this.#loaded.snapshot === snapshot || this.#loaded.snapshot > 0) return this.#loaded.model`,
    foundBy: [{ test: 'test/testing/learning.test.ts' }],
  },
  {
    name: 'snapshot-digest-not-committed',
    does: 'Keeps the digest of the snapshot it predicts with out of the delta.',
    file: 'src/engine/operators/learnt-models.ts',
    text: `    region.touchWords(DIGEST, WORDS - DIGEST)`,
    becomes: ``,
    foundBy: [{ seeds: '120-139' }],
  },
  {
    name: 'fallback-judged-as-the-model',
    does: 'Measures what a fallback gave as if the version had given it.',
    file: 'src/engine/operators/predict.ts',
    text: `outcome[row] === FELL_BACK ? FALLBACK_VERSION : this.#version`,
    becomes: `outcome[row] === REFUSED ? FALLBACK_VERSION : this.#version`,
    foundBy: [{ test: 'test/engine/predict.test.ts' }, { test: 'test/e2e/canary.test.ts' }],
  },
  {
    name: 'receipts-not-rounded',
    does: 'Writes features into receipts with more bits than the model read.',
    file: 'src/engine/operators/predict.ts',
    text: `out[row] = Math.fround(values[row])`,
    becomes: `out[row] = values[row]`,
    foundBy: [{ test: 'test/engine/predict.test.ts' }],
  },
  {
    name: 'reward-for-another-action',
    does: 'Learns every reward for the first action, whichever was chosen.',
    file: 'src/engine/operators/receipt-features.ts',
    text: `if (arm >= 0) arms[row] = arm`,
    becomes: `if (arm >= 0) arms[row] = 0`,
    foundBy: [{ test: 'test/testing/choosing.test.ts' }, { seeds: '120-139' }],
  },
  {
    name: 'chance-by-the-batch',
    does: 'Draws a choice by where its row lies in the call, not in its source.',
    file: 'src/models/learner/bandit-runtime.ts',
    text: `placeDraw(seed, from.partitions[row], from.offsets[row])`,
    becomes: `placeDraw(seed, 0, row)`,
    foundBy: [{ test: 'test/models/learner/bandit-runtime.test.ts' }, { seeds: '120-139' }],
  },
  {
    name: 'time-of-keys-not-restored',
    does: 'Forgets no key by its TTL that was learnt before a restart.',
    file: 'src/learning/learners/per-key.ts',
    text: `    this.#times = times
`,
    becomes: `    this.#times = times.map(() => Infinity)
`,
    foundBy: [{ test: 'test/learning/learners/per-key.test.ts' }, { seeds: '120-139' }],
  },
]
