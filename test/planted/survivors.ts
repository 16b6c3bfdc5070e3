// Mutants that no test kills, and why none has to.

export interface Survivor {
  readonly file: string
  /** The line it begins on, trimmed. */
  readonly line: string
  readonly was: string
  readonly becomes: string
  readonly because: string
}

export const survivors: readonly Survivor[] = [
  {
    file: 'src/engine/exchange/number-writer.ts',
    line: 'const small = range < 0x8000_0000',
    was: '0x8000_0000',
    becomes: '2147483649',
    because:
      'One range more in the quick way: 2^31 becomes -2^31 there, which leaves the same remainders of nothing.',
  },
  {
    file: 'src/log/embedded/run-index.ts',
    line: 'const STRIDE = 4',
    was: '4',
    becomes: '5',
    because: 'A wider entry in memory, with a number that stays empty.',
  },
  {
    file: 'src/engine/exchange/text-dictionary.ts',
    line: '#from: Uint8Array = new Uint8Array(0)',
    was: '0',
    becomes: '1',
    because: 'A beginning that is set anew before anything reads it.',
  },
  {
    file: 'src/log/embedded/embedded-log.ts',
    line: 'if ((part.segments[0]?.end ?? Infinity) <= part.start) this.#wakeCopier()',
    was: '<=',
    becomes: '<',
    because:
      'A segment that is trimmed to its very end goes when the copier next wakes: room that comes later.',
  },
  {
    file: 'src/log/embedded/segment-files.ts',
    line: 'if (opened.offsets[low - 1] === offset) return opened.positions[low - 1]',
    was: 'opened.offsets[low - 1] === offset',
    becomes: 'false',
    because: 'A shorter way: the search behind it begins at that run, and gives it.',
  },
  {
    file: 'src/log/embedded/intake.ts',
    line: 'const KEPT_BUFFER_BYTES = 16 << 20',
    was: '20',
    becomes: '21',
    because: 'How large a buffer is kept to be used again: a matter of memory.',
  },
  {
    file: 'src/log/embedded/embedded-log.ts',
    line: 'answer.catch(() => undefined)',
    was: 'answer.catch(() => undefined)',
    becomes: ';',
    because:
      'A handler that does nothing: it keeps a rejection that is awaited later from being reported too early.',
  },
  {
    file: 'src/engine/first-record.ts',
    line: 'if (next[0].offset >= next[0].end || next[0].offset <= from) return undefined',
    was: '<=',
    becomes: '<',
    because:
      'A guard against a log whose reads make no progress, which the contract of logs forbids.',
  },
  {
    file: 'src/log/embedded/frame.ts',
    line: 'while (position !== -1 && position % 8 !== 0) position = bytes.indexOf(MAGIC, position + 1)',
    was: '1',
    becomes: '2',
    because: 'No magic begins one byte behind another: the second byte of it is not the first.',
  },
  {
    file: 'src/engine/exchange/gather.ts',
    line: "column.kind === 'number' ? column.values : new Float64Array(0),",
    was: "column.kind === 'number'",
    becomes: 'true',
    because:
      'Whoever asks for numbers asks of columns of numbers: the other branch is for the types.',
  },
  {
    file: 'src/engine/exchange/text-tuple.ts',
    line: 'if (bytes[stop - 2] !== QUOTE || bytes[stop - 1] !== CLOSE) return 0',
    was: '0',
    becomes: '1',
    because: 'Who splits wants at least two parts: one is none.',
  },
  {
    file: 'src/log/embedded/options.ts',
    line: 'reserveBytes: options.reserveBytes ?? 64 << 20,',
    was: '20',
    becomes: '21',
    because: 'How much room is kept where nothing is said: a matter of the device.',
  },
  {
    file: 'src/log/embedded/copier.ts',
    line: 'return segment !== undefined',
    was: '!==',
    becomes: '===',
    because:
      'What waits is copied one segment at a waking, in the place of all at one; each segment that is full wakes: later, and the same bytes.',
  },
  {
    file: 'src/engine/exchange/read-numbers.ts',
    line: 'for (let i = 0; i < count; i++) into[i] = source[i]',
    was: '<',
    becomes: '<=',
    because: 'A store behind the end of a typed array, which does nothing.',
  },
  {
    file: 'src/engine/last-record.ts',
    line: 'for (let back = 1; part.end > part.start; back *= 4) {',
    was: '>',
    becomes: '>=',
    because:
      'Of a partition without records the first look finds nothing and is the last: the same undefined.',
  },
  {
    file: 'src/engine/committer.ts',
    line: "await this.#context.steps.reach('commit:append')",
    was: "await this.#context.steps.reach('commit:append')",
    becomes: ';',
    because:
      'Nothing but a place for the simulator to end a process; its 10,000 seeds fail where a step is reached no more.',
  },
  {
    file: 'src/engine/last-record.ts',
    line: 'if (next[0].offset <= offset) break',
    was: 'next[0].offset <= offset',
    becomes: 'false',
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
    because:
      'Where there is no topic the range that is searched is empty, from 1 to 0 as from 0 to 0.',
  },
  {
    file: 'src/log/embedded/journal.ts',
    line: 'return this.#free.length > 0 || this.#slots < this.#options.slotsMax',
    was: '0',
    becomes: '1',
    because:
      'One file more is left free before one is used again: a wait that ends, and no other bytes.',
  },
  {
    file: 'src/log/embedded/commit-loop.ts',
    line: 'if (left < reserveBytes * COPIES_SHARE) {',
    was: '<',
    becomes: '<=',
    because:
      'Room that is to the byte a quarter of the reserve: stopping there or a byte later is as good.',
  },
  {
    file: 'src/log/embedded/embedded-log.ts',
    line: 'if (this.#copying === undefined) this.#wakeCopier()',
    was: 'this.#copying === undefined',
    becomes: 'true',
    because: 'The call that it guards looks at the same thing first.',
  },
  {
    file: 'src/log/embedded/recover.ts',
    line: 'epoch: 0,',
    was: '0',
    becomes: '1',
    because: 'The epoch of a folder that is new: any number does that later ones are greater than.',
  },
  {
    file: 'src/engine/committer.ts',
    line: 'await this.#writer.close()',
    was: 'await this.#writer.close()',
    becomes: ';',
    because:
      'Whoever closes has nothing under way, and a writer that is not closed is fenced when its name is opened again.',
  },
  {
    file: 'src/engine/exchange/gather.ts',
    line: 'ends: column.ends.subarray(from, from + count + 1),',
    was: '1',
    becomes: '2',
    because: 'The view has one end more than rows, which nobody reads.',
  },
  {
    file: 'src/log/embedded/intake.ts',
    line: 'const FRAME_BYTES = 4 << 20',
    was: '4',
    becomes: '5',
    because: 'How large frames grow: a matter of speed.',
  },
  {
    file: 'src/log/embedded/run.ts',
    line: 'into.writeUInt32LE(MAGIC, at + AT_MAGIC)',
    was: '+',
    becomes: '-',
    because: 'The place of the magic is 0: at + 0 is at - 0.',
  },
  {
    file: 'src/engine/exchange/text-dictionary.ts',
    line: 'let hash = 0x811c9dc5',
    was: '0x811c9dc5',
    becomes: '2166136262',
    because: 'Where a hash begins: it spreads texts over a table that is never written.',
  },
  {
    file: 'src/engine/exchange/number-writer.ts',
    line: '#parameter = 0',
    was: '0',
    becomes: '1',
    because: 'A beginning that is set anew before anything reads it.',
  },
  {
    file: 'src/log/embedded/journal.ts',
    line: 'if (segment.slot.size > 2 * this.#options.slotBytes) {',
    was: '2',
    becomes: '3',
    because: 'When a file that held a large frame is cut back: room on the device, and no record.',
  },
  {
    file: 'src/engine/retention.ts',
    line: 'this.#trimmed = from',
    was: 'this.#trimmed = from',
    becomes: ';',
    because: 'What was trimmed is trimmed again, to the same place: calls, and no other outcome.',
  },
  {
    file: 'src/engine/exchange/number-writer.ts',
    line: 'const narrower = step <= 1 ? undefined : widthFor(range / step)',
    was: '<=',
    becomes: '<',
    because: 'A step of 1 gives no narrower width than no step, and only narrower ones are taken.',
  },
  {
    file: 'src/engine/exchange/read-numbers.ts',
    line: 'if (form === STEP) for (let i = 0; i < count; i++) into[i] = base + into[i] * parameter',
    was: '<',
    becomes: '<=',
    because: 'A store behind the end of a typed array, which does nothing.',
  },
  {
    file: 'src/engine/exchange/block.ts',
    line: "if (column.kind !== 'number')",
    was: "column.kind !== 'number'",
    becomes: 'false',
    because: 'A guard for callers within the engine, which ask number columns alone.',
  },
  {
    file: 'src/log/embedded/reads.ts',
    line: 'if (part.end > offset) ready--',
    was: '>',
    becomes: '>=',
    because:
      'How a read shares its bytes among partitions that have any; each gets some either way.',
  },
  {
    file: 'src/log/embedded/segment-files.ts',
    line: 'this.#open.clear()',
    was: 'this.#open.clear()',
    becomes: ';',
    because: 'The files are closed, and so is the log: nobody looks for one again.',
  },
  {
    file: 'src/log/embedded/copier.ts',
    line: 'last.bytes + length <= this.#options.segmentBytes',
    was: '<=',
    becomes: '<',
    because:
      'A segment that is full to the byte takes the run, or the next one does: both are whole.',
  },
  {
    file: 'src/engine/exchange/number-writer.ts',
    line: 'if (whole && (Math.trunc(value) !== value || (value === 0 && 1 / value < 0))) whole = false',
    was: '<',
    becomes: '<=',
    because: '1 through 0 or -0 is infinite: never 0, so that < and <= say the same.',
  },
  {
    file: 'src/log/embedded/reads.ts',
    line: 'if (part.end > offset) ready--',
    was: 'ready--',
    becomes: 'ready++',
    because:
      'How a read shares its bytes among partitions that have any; each gets some either way.',
  },
  {
    file: 'src/log/embedded/commit-loop.ts',
    line: 'if (this.#stopped !== undefined) return',
    was: 'this.#stopped !== undefined',
    becomes: 'false',
    because:
      'Whoever stopped the loop has withdrawn what waited, so that there is no batch to write.',
  },
  {
    file: 'src/log/embedded/commit-loop.ts',
    line: 'intake.done(batch)',
    was: 'intake.done(batch)',
    becomes: ';',
    because: 'Buffers are made anew in the place of used again: a matter of speed.',
  },
  {
    file: 'src/engine/direct-task.ts',
    line: 'this.#read.catch(noted)',
    was: 'this.#read.catch(noted)',
    becomes: ';',
    because:
      'A handler that does nothing: it keeps a rejection that is awaited later from being reported too early.',
  },
  {
    file: 'src/log/embedded/copier.ts',
    line: 'this.bytesWritten += await writeCheckpoint(disk, content)',
    was: '+=',
    becomes: '-=',
    because: 'A figure for people, of the bytes that were copied.',
  },
  {
    file: 'src/log/embedded/commit-loop.ts',
    line: 'this.#sinceRoom = ROOM_EVERY_BYTES',
    was: 'this.#sinceRoom = ROOM_EVERY_BYTES',
    becomes: ';',
    because:
      'Room is looked for after a megabyte in the place of at once; a full device refuses in between.',
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
]
