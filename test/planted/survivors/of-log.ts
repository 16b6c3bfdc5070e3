// Mutants of the embedded log that no test kills, and why none has to.
import type { Survivor } from './survivor.ts'

export const ofLog: readonly Survivor[] = [
  {
    file: 'src/log/embedded/reader.ts',
    line: 'if (want.offset >= partition.end) return undefined',
    was: '>=',
    becomes: '>',
    equivalent: true,
    because: 'Whoever reads has looked whether there is anything behind the offset.',
  },
  {
    file: 'src/log/embedded/intake.ts',
    line: 'const KEPT_BUFFER_BYTES = 16 << 20',
    was: '16',
    becomes: '17',
    because: 'How large a buffer is kept to be used again: a matter of memory.',
  },
  {
    file: 'src/log/embedded/run.ts',
    line: 'for (let i = 0; i < count; i++) offsets[i] = records.times[i] - shape.baseTime',
    was: '<',
    becomes: '<=',
    equivalent: true,
    because: 'A store behind the end of a typed array, which does nothing.',
  },
  {
    file: 'src/log/embedded/run-index.ts',
    line: 'let low = 0',
    was: '0',
    becomes: '1',
    equivalent: true,
    because:
      'Whoever searches has an offset that lies in the journal: the first run begins at or before it.',
  },
  {
    file: 'src/log/embedded/recovery.ts',
    line: 'frame.commit !== before.commit + 1 ||',
    was: '||',
    becomes: '&&',
    equivalent: true,
    because:
      'Whoever scans the files looks at the chain once more, and refuses what breaks it there.',
  },
  {
    file: 'src/log/embedded/frame.ts',
    line: 'if (!(header.length >= FRAME_HEADER && at + header.length <= bytes.length)) return undefined',
    was: '+',
    becomes: '-',
    equivalent: true,
    because: 'A shorter way: a run of which not all bytes are there fails its own sum.',
  },
  {
    file: 'src/log/embedded/run-index.ts',
    line: 'const STRIDE = 4',
    was: '4',
    becomes: '5',
    because: 'A wider entry in memory, with a number that stays empty.',
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
    file: 'src/log/embedded/frame.ts',
    line: 'while (position !== -1 && position % 8 !== 0) position = bytes.indexOf(MAGIC, position + 1)',
    was: '1',
    becomes: '2',
    equivalent: true,
    because: 'No magic begins one byte behind another: the second byte of it is not the first.',
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
    equivalent: true,
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
    equivalent: true,
    because: 'The place of the magic is 0: at + 0 is at - 0.',
  },
  {
    file: 'src/log/embedded/journal.ts',
    line: 'if (segment.slot.size > 2 * this.#options.slotBytes) {',
    was: '2',
    becomes: '3',
    because: 'When a file that held a large frame is cut back: room on the device, and no record.',
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
    equivalent: true,
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
    file: 'src/log/embedded/commit-loop.ts',
    line: 'if (this.#stopped !== undefined) return',
    was: 'this.#stopped !== undefined',
    becomes: 'false',
    equivalent: true,
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
    file: 'src/log/embedded/catalog.ts',
    line: 'sequence: 0,',
    was: '0',
    becomes: '1',
    equivalent: true,
    because: 'Opening a writer sets it, and nobody appends before.',
  },
  {
    file: 'src/log/embedded/node-disk.ts',
    line: 'const FADES = 0.99',
    was: '0.99',
    becomes: '1.99',
    because: 'After a slow flush, short ones go through other threads for good: a matter of speed.',
  },
  {
    file: 'src/log/embedded/journal.ts',
    line: 'segment.slot.size = this.#options.slotBytes',
    was: 'segment.slot.size = this.#options.slotBytes',
    becomes: ';',
    because:
      'A file that was cut is taken for as long as it was: it is cut once more, and grows by what is written to it.',
  },
]
