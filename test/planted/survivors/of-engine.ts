// Mutants of the engine's commit, recovery and time that no test kills, and why none has to.
import type { Survivor } from './survivor.ts'

export const ofEngine: readonly Survivor[] = [
  {
    file: 'src/engine/committer.ts',
    line: 'this.#readBytes = 0',
    was: '0',
    becomes: '1',
    because: 'A byte more towards the next snapshot.',
  },
  {
    file: 'src/engine/direct-task.ts',
    line: 'const result = ms >= POLL_MS ? await read : await Promise.race([read, clock.sleep(ms)])',
    was: '>=',
    becomes: '>',
    because:
      'A read that itself ends after so long is given up at the same moment, and asked for again.',
  },
  {
    file: 'src/engine/merge-task.ts',
    line: 'this.#toldEnd = ended',
    was: 'this.#toldEnd = ended',
    becomes: ';',
    because: 'The end is told again whenever it rests, to no other effect.',
  },
  {
    file: 'src/engine/recovery.ts',
    line: 'if (this.#sizes.length < this.#sizesMax) return',
    was: 'this.#sizes.length < this.#sizesMax',
    becomes: 'true',
    because: 'What a copy knows of commits is cut short only where it is long: a matter of memory.',
  },
  {
    file: 'src/engine/recovery.ts',
    line: 'this.#knows(await wholeSnapshot(log, this.#task))',
    was: 'this.#knows(await wholeSnapshot(log, this.#task))',
    becomes: ';',
    because: 'What a copy knows of commits is cut short only where it is long: a matter of memory.',
  },
  {
    file: 'src/engine/merge-task.ts',
    line: 'const result = ms >= POLL_MS ? await fetch : await Promise.race([fetch, clock.sleep(ms)])',
    was: '>=',
    becomes: '>',
    because:
      'A read that itself ends after so long is given up at the same moment, and asked for again.',
  },
  {
    file: 'src/engine/first-record.ts',
    line: 'if (next[0].offset >= next[0].end || next[0].offset <= from) return undefined',
    was: '<=',
    becomes: '<',
    equivalent: true,
    because:
      'A guard against a log whose reads make no progress, which the contract of logs forbids.',
  },
  {
    file: 'src/engine/last-record.ts',
    line: 'for (let back = 1; part.end > part.start; back *= 4) {',
    was: '>',
    becomes: '>=',
    equivalent: true,
    because:
      'Of a partition without records the first look finds nothing and is the last: the same undefined.',
  },
  {
    file: 'src/engine/last-record.ts',
    line: 'if (next[0].offset <= offset) break',
    was: 'next[0].offset <= offset',
    becomes: 'false',
    equivalent: true,
    because:
      'A guard against a log whose reads make no progress, which the contract of logs forbids.',
  },
  {
    file: 'src/engine/first-record.ts',
    line: 'maxBytes: 1,',
    was: '1',
    becomes: '2',
    because: 'How many bytes a read may bring at most, not which record it looks for.',
  },
  {
    file: 'src/engine/whole-snapshot.ts',
    line: 'let [from, to] = [part?.start ?? 0, part?.end ?? 0]',
    was: '0',
    becomes: '1',
    equivalent: true,
    because:
      'Where there is no topic the range that is searched is empty, from 1 to 0 as from 0 to 0.',
  },
  {
    file: 'src/engine/retention.ts',
    line: 'this.#trimmed = from',
    was: 'this.#trimmed = from',
    becomes: ';',
    because: 'What was trimmed is trimmed again, to the same place: calls, and no other outcome.',
  },
  {
    file: 'src/engine/state/timers.ts',
    line: 'const WORDS = 3',
    was: '3',
    becomes: '4',
    because:
      'A wider entry with a word that stays empty: other bytes of state that every reader of this version reads alike.',
  },
  {
    file: 'src/engine/merge-task.ts',
    line: 'if (this.#lanes.some((lane) => lane.empty)) await this.#receive(0)',
    was: '0',
    becomes: '1',
    because: 'Waits a millisecond for a read that is under way, in the place of none.',
  },
  {
    file: 'src/engine/committer.ts',
    line: '#readBytes = 0',
    was: '0',
    becomes: '1',
    because: 'A byte more towards the next snapshot.',
  },
  {
    file: 'src/engine/recovery.ts',
    line: 'if (commit.number < (this.#last === undefined ? (this.#newest?.from ?? 0) : 0)) return true',
    was: '0',
    becomes: '1',
    equivalent: true,
    because: 'Commits are numbered from 1.',
  },
  {
    file: 'src/engine/recovery.ts',
    line: 'this.#watch = undefined',
    was: 'this.#watch = undefined',
    becomes: ';',
    equivalent: true,
    because: 'Whoever has the state reads on with another reading, which tells nobody.',
  },
  {
    file: 'src/engine/committer.ts',
    line: "context.signal.addEventListener('abort', () => this.#waker.abort('stopped'), { once: true })",
    was: 'true',
    becomes: 'false',
    equivalent: true,
    because: 'A signal aborts once.',
  },
  {
    file: 'src/engine/packed-record.ts',
    line: 'return zstdDecompressSync(packed, { chunkSize: bytes + 1 })',
    was: '+',
    becomes: '-',
    because:
      'A body is unpacked in two pieces in the place of one, and put together: a matter of time.',
  },
]
