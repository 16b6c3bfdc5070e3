// Commit, recovery and retention.
import type { PlantedBug } from './bug.ts'

export const commitBugs: readonly PlantedBug[] = [
  {
    name: 'offset-before-output',
    does: 'Commits how far it read in one step and what came of it in the next.',
    file: 'src/engine/committer.ts',
    text: `      const offsets = await this.#writer.append(appends)`,
    becomes: `      const own = await this.#writer.append([appends[commitAt]])
      const offsets = await this.#writer.append(appends.toSpliced(commitAt, 1))
      ;(offsets as number[]).splice(commitAt, 0, own[0])`,
    foundBy: [{ seeds: '0-99' }],
  },
  {
    name: 'output-before-offset',
    does: 'Writes what came of a batch in one step and commits how far it read in the next.',
    file: 'src/engine/committer.ts',
    text: `      const offsets = await this.#writer.append(appends)`,
    becomes: `      const early = await this.#writer.append(appends.slice(0, commitAt))
      const offsets = [...early, ...(await this.#writer.append(appends.slice(commitAt)))]`,
    foundBy: [{ seeds: '0-99' }],
  },
  {
    name: 'last-offset-for-next',
    does: 'Records the last record that was taken as the one to go on from.',
    file: 'src/engine/source-task.ts',
    text: `await this.#commit(records, offsets, offsets[offsets.length - 1] + 1)`,
    becomes: `await this.#commit(records, offsets, offsets[offsets.length - 1])`,
    foundBy: [{ seeds: '0-19' }],
  },
  {
    name: 'next-counted-not-read',
    does: 'Takes last + 1 for the next record of a block, where offsets have holes.',
    file: 'src/engine/source-task.ts',
    text: `      const next = result.next[0]
      if (!signal.aborted) read = this.#read(next.offset)`,
    becomes: `      const count = result.runs.reduce((sum, run) => sum + run.records.count, 0)
      if (!signal.aborted) read = this.#read(this.#offset + count)`,
    foundBy: [{ test: 'test/engine/source-time.test.ts' }, { seeds: '80-99' }],
  },
  {
    name: 'failed-append-forgotten',
    does: 'Goes on after an append failed, as if its commit were durable.',
    file: 'src/engine/committer.ts',
    text: `      this.#failure ??=
        error instanceof Error`,
    becomes: `      const failure =
        error instanceof Error`,
    foundBy: [{ test: 'test/engine/committer.test.ts' }],
  },
  {
    name: 'end-told-before-durable',
    does: 'Tells the end of a task while its last commit is still under way.',
    file: 'src/engine/merge-task.ts',
    text: `    if (ended) await this.#committer.drain()
    this.#toldEnd`,
    becomes: `    this.#toldEnd`,
    foundBy: [{ test: 'test/engine/committer.test.ts' }],
  },
  {
    name: 'snapshot-names-wrong-commit',
    does: 'Lets a snapshot name a commit behind the one its chunks begin with.',
    file: 'src/engine/committer.ts',
    text: `        from: this.#number,
        fromOffset`,
    becomes: `        from: this.#number + 2,
        fromOffset`,
    foundBy: [{ test: 'test/engine/committer.test.ts' }],
  },
  {
    name: 'deltas-beside-a-snapshot-skipped',
    does: 'Restores a snapshot without the deltas of the commits that it was written with.',
    file: 'src/engine/recovery.ts',
    text: `    this.#memory.apply(commit.delta())`,
    becomes: `    if (commit.number > (this.#newest?.commit ?? 0)) this.#memory.apply(commit.delta())`,
    foundBy: [{ test: 'test/engine/committer.test.ts' }],
  },
  {
    name: 'snapshot-without-its-end',
    does: 'Trusts a snapshot whose last chunk was never written.',
    file: 'src/engine/whole-snapshot.ts',
    text: `const end = last ? found : before < 0`,
    becomes: `const end = last || before < 0 ? found : before < 0`,
    foundBy: [{ test: 'test/engine/committer.test.ts' }],
  },
  {
    name: 'missing-commit-not-noticed',
    does: 'Goes on over a hole in the commits of a task.',
    file: 'src/engine/recovery.ts',
    text: `    if (number === expected) return true`,
    becomes: `    if (number >= expected) return true`,
    foundBy: [{ test: 'test/engine/committer.test.ts' }],
  },
  {
    name: 'copy-without-its-tail',
    does: 'Takes a task over with a copy as it is, without what was committed behind it.',
    file: 'src/engine/recovery.ts',
    text: `    await copy.goOn(log)`,
    becomes: ``,
    foundBy: [{ test: 'test/engine/standbys.test.ts' }, { seeds: '0-99' }],
  },
  {
    name: 'copy-skips-to-the-end',
    does: 'Lets a copy go on at the end of the commits, whatever it has read of them.',
    file: 'src/engine/standbys.ts',
    text: `Math.max(reading.next, next[at].offset)`,
    becomes: `Math.max(reading.next, next[at].end)`,
    foundBy: [{ test: 'test/engine/standbys.test.ts' }],
  },
  {
    name: 'copy-followed-by-two',
    does: 'Applies commits to the memory of a task that was opened with a copy, as if it were still one.',
    file: 'src/engine/standbys.ts',
    text: `    if (!this.#isKept(copy)) return
`,
    becomes: ``,
    foundBy: [{ seeds: '0-499' }],
  },
  {
    name: 'trim-beyond-snapshot',
    does: 'Trims the commits that the newest snapshot still needs.',
    file: 'src/engine/retention.ts',
    text: `number, fromOffset),`,
    becomes: `number, fromOffset + 2),`,
    foundBy: [{ test: 'test/engine/retention.test.ts' }, { seeds: '0-99' }],
  },
  {
    name: 'trim-ignores-replay',
    does: 'Lets go of what a replay within its horizon still needs.',
    file: 'src/engine/retention.ts',
    text: `const horizon = clock.now() - tuning.replayMs`,
    becomes: `const horizon = clock.now()`,
    foundBy: [{ test: 'test/engine/retention.test.ts' }],
  },
  {
    name: 'receipts-name-previous-commit',
    does: 'Names in receipts and labels the commit before the one they are written with.',
    file: 'src/engine/merge-task.ts',
    text: `      commit: this.#committer.next,
      from: this.#committed,`,
    becomes: `      commit: this.#committer.next - 1,
      from: this.#committed,`,
    foundBy: [{ test: 'test/engine/committer.test.ts' }],
  },
  {
    name: 'tick-not-recorded',
    does: 'Fires a timer by the clock and does not record to which time the tick came.',
    file: 'src/engine/merge-task.ts',
    text: `const inputs = { lanes, progress, tick, ticked, unscored }`,
    becomes: `const inputs = { lanes, progress, tick, ticked: -Infinity, unscored }`,
    foundBy: [{ test: 'test/engine/idle-time.test.ts' }],
  },
  {
    name: 'end-of-lane-forgotten',
    does: 'Records the end of a lane as the beginning of time.',
    file: 'src/engine/commit-record.ts',
    text: `return time === null ? Infinity :`,
    becomes: `return time === null ? -Infinity :`,
    foundBy: [{ seeds: '0-19' }],
  },
]
