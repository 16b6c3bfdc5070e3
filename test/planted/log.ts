// The embedded log.
import type { PlantedBug } from './bug.ts'

export const logBugs: readonly PlantedBug[] = [
  {
    name: 'answer-before-flush',
    does: 'Tells of a frame before it is flushed.',
    file: 'src/log/embedded/commit-loop.ts',
    text: `      await segment.slot.file.flush()
    } catch`,
    becomes: `      void segment.slot.file.flush().catch(() => undefined)
    } catch`,
    foundBy: [{ seeds: '0-49' }],
  },
  {
    name: 'goes-on-after-failed-flush',
    does: 'Takes the next frame after a flush failed.',
    file: 'src/log/embedded/commit-loop.ts',
    text: `    } catch (error) {
      this.#fail(error, batch.jobs)
      return
    }
    if (this.#stopped`,
    becomes: `    } catch (error) {
      for (const job of batch.jobs) job.reject(error as Error)
      return
    }
    if (this.#stopped`,
    foundBy: [{ test: 'test/log/embedded/refusals.test.ts' }, { seeds: '0-49' }],
  },
  {
    name: 'stale-read-after-failed-flush',
    does: 'Trusts the last frame as it is read after a crash, which may never have been flushed.',
    file: 'src/log/embedded/recover.ts',
    text: `const inDoubt = found.last.commit > checkpoint.durable.commit`,
    becomes: `const inDoubt = found.last.commit > checkpoint.durable.commit + 1e9`,
    foundBy: [{ test: 'test/log/embedded/in-doubt.test.ts' }],
  },
  {
    name: 'written-again-unflushed',
    does: 'Writes the frame in doubt again and does not flush it.',
    file: 'src/log/embedded/recover.ts',
    text: `    await segment.slot.file.flush()
  } catch (error) {
    throw flushFailed(error)
  }
  segment.end`,
    becomes: `    await Promise.resolve()
  } catch (error) {
    throw flushFailed(error)
  }
  segment.end`,
    foundBy: [{ test: 'test/log/embedded/in-doubt.test.ts' }],
  },
  {
    name: 'crc-not-checked',
    does: 'Takes a frame for whole whose checksum is another.',
    file: 'src/log/embedded/frame.ts',
    text: `if (position !== at + header.length || frameCrc(bytes, at, header) !== header.crc)`,
    becomes: `if (position !== at + header.length)`,
    foundBy: [{ test: 'test/log/embedded/damage.test.ts' }],
  },
  {
    name: 'body-crc-not-checked',
    does: 'Gives records whose bytes changed on the device.',
    file: 'src/log/embedded/run.ts',
    text: `  return end <= bytes.length && crc32(bytes.subarray(at + RUN_HEADER, end)) === header.bodyCrc`,
    becomes: `  return end <= bytes.length`,
    foundBy: [{ test: 'test/log/embedded/damage.test.ts' }],
  },
  {
    name: 'torn-tail-taken',
    does: 'Takes a frame whose last run is cut as a shorter one.',
    file: 'src/log/embedded/frame.ts',
    text: `      position + run.length > at + header.length ||
      !bodyIsWhole(bytes, position, run)
    )
      return undefined`,
    becomes: `      position + run.length > at + header.length ||
      !bodyIsWhole(bytes, position, run)
    ) {
      if (i === 0) return undefined
      return { ...header, runs: i, at, positions, runHeaders }
    }`,
    foundBy: [{ test: 'test/log/embedded/damage.test.ts' }, { seeds: '0-99' }],
  },
  {
    name: 'old-frame-in-used-file',
    does: 'Goes on from the frames of a file into those of its use before.',
    file: 'src/log/embedded/recovery.ts',
    text: `      (frame.segment !== before.segment ||
        frame.commit !== before.commit + 1 ||
        frame.previous !== before.crc)`,
    becomes: `      frame.commit <= 0`,
    foundBy: [{ test: 'test/log/embedded/damage.test.ts' }, { seeds: '0-99' }],
  },
  {
    name: 'damage-shortens-the-log',
    does: 'Opens a log without the acknowledged frames behind one that is damaged.',
    file: 'src/log/embedded/recovery.ts',
    text: `  for (const { name, stray } of scanned) if (stray > last.commit) throw corrupt(name, undefined)
`,
    becomes: ``,
    foundBy: [{ test: 'test/log/embedded/damage.test.ts' }],
  },
  {
    name: 'checkpoint-before-copy-is-durable',
    does: 'Uses a journal file again before the checkpoint that says that it was copied.',
    file: 'src/log/embedded/copier.ts',
    text: `    await this.#checkpoint(staged, segment?.last ?? this.#copied)
    for (const`,
    becomes: `    if (segment !== undefined) journal.recycle(segment)
    await this.#checkpoint(staged, segment?.last ?? this.#copied)
    for (const`,
    foundBy: [{ test: 'test/log/embedded/crashes.test.ts' }, { seeds: '0-199' }],
  },
  {
    name: 'copy-not-flushed',
    does: 'Forgets the journal after a copy that was not flushed.',
    file: 'src/log/embedded/copier.ts',
    text: `    await this.#file.flush()
    this.#written`,
    becomes: `    this.#written`,
    foundBy: [{ test: 'test/log/embedded/crashes.test.ts' }, { seeds: '0-199' }],
  },
  {
    name: 'checkpoint-renamed-unflushed',
    does: 'Puts a checkpoint in the place of the old one before its bytes are flushed.',
    file: 'src/log/embedded/checkpoint.ts',
    text: `    file.write(0, [bytes])
    await file.flush()`,
    becomes: `    file.write(0, [bytes])`,
    foundBy: [{ test: 'test/log/embedded/crashes.test.ts' }, { seeds: '0-199' }],
  },
  {
    name: 'epoch-not-compared',
    does: 'Takes appends of an owner whose name another has opened.',
    file: 'src/log/embedded/embedded-log.ts',
    text: `if (writer?.open !== true || writer.epoch !== call.epoch)`,
    becomes: `if (writer?.open !== true)`,
    foundBy: [{ test: 'test/contracts/log.test.ts' }, { seeds: '0-99' }],
  },
  {
    name: 'waiting-appends-not-fenced',
    does: 'Writes what an owner had handed over before another opened its name.',
    file: 'src/log/embedded/embedded-log.ts',
    text: `this.#intake.withdraw((waiting) => waiting.writer === writer))
      job.reject`,
    becomes: `this.#intake.withdraw((waiting) => waiting.writer === undefined))
      job.reject`,
    foundBy: [{ test: 'test/contracts/log.test.ts' }, { seeds: '0-299' }],
  },
  {
    name: 'duplicate-append-taken',
    does: 'Takes an append a second time that is sent again.',
    file: 'src/log/embedded/embedded-log.ts',
    text: `    if (before !== undefined) return before
    if (writer.spent`,
    becomes: `    if (before !== undefined) writer.sequence--
    if (writer.spent`,
    foundBy: [{ seeds: '0-99' }],
  },
  {
    name: 'trim-shows-what-is-gone',
    does: 'Gives records before the oldest offset that is kept.',
    file: 'src/log/embedded/reader.ts',
    text: `if (offset >= partition.start && offset <= partition.end) return`,
    becomes: `if (offset >= 0 && offset <= partition.end) return`,
    foundBy: [{ test: 'test/contracts/log.test.ts' }],
  },
  {
    name: 'run-left-out-of-a-copy',
    does: 'Leaves the run out of a copy in which the oldest record that is kept lies alone.',
    file: 'src/log/embedded/copier.ts',
    text: `        if (end <= partition.start) continue`,
    becomes: `        if (end <= partition.start + 1) continue`,
    foundBy: [{ test: 'test/contracts/log-history.test.ts' }, { seeds: '0-39' }],
  },
  {
    name: 'retention-takes-one-too-many',
    does: 'Removes the segment in which the oldest kept record lies.',
    file: 'src/log/embedded/copier.ts',
    text: `if (segment.end > partition.start && !old && !large) break`,
    becomes: `if (segment.base > partition.start && !old && !large) break`,
    foundBy: [{ test: 'test/contracts/log.test.ts' }, { seeds: '0-99' }],
  },
]
