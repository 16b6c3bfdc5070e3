// Opens a folder: checkpoint, then the frames behind it. The last frame may be shown by the system without being on the
// device (a flush that failed, or never came), so it is written again, elsewhere, and flushed, before anything goes on.
import { StateError } from '../../base/errors.ts'
import type { Disk } from '../../contracts/disk.ts'
import { Catalog, type Change } from './catalog.ts'
import {
  CHECKPOINT_FILE,
  readCheckpoint,
  restoreCatalog,
  writeCheckpoint,
  type ChainMark,
  type Checkpoint,
} from './checkpoint.ts'
import { diskFull, flushFailed, hasCode } from './commit-loop.ts'
import { FORMAT, sealFrame, type WholeFrame } from './frame.ts'
import { Journal, isJournalFile, type JournalSegment } from './journal.ts'
import { sizesOf, type EmbeddedOptions } from './options.ts'
import { findFrames, type Found } from './recovery.ts'
import { corruptMessage, decodeRun, readRunHeader, type RunHeader } from './run.ts'
import { isSegmentFile, segmentName } from './segment-files.ts'

/** What an opened folder holds. */
export interface Recovered {
  readonly lock: { release(): void }
  readonly catalog: Catalog
  readonly journal: Journal
  readonly salt: number
  readonly epoch: number
  readonly last: ChainMark
  readonly copied: ChainMark
}

export async function recover(options: EmbeddedOptions): Promise<Recovered> {
  const lock = options.disk.lock()
  try {
    const checkpoint = readCheckpoint(options.disk) ?? (await newFolder(options))
    await makeNamesDurable(options.disk)
    const catalog = new Catalog()
    restoreCatalog(checkpoint, catalog)
    removeOrphans(options.disk, catalog)
    const found = findFrames(options.disk, checkpoint)
    const journal = await rebuild(options, { checkpoint, catalog, found })
    const { salt, copied } = checkpoint
    return {
      lock,
      catalog,
      journal: journal.journal,
      salt,
      copied,
      epoch: found.epoch + 1,
      last: journal.last,
    }
  } catch (error) {
    lock.release()
    throw hasCode(error, 'ENOSPC') ? diskFull(error) : error
  }
}

/** A process that was killed behind the rename of a checkpoint leaves one that is shown, and is not yet on the device. */
async function makeNamesDurable(disk: Disk): Promise<void> {
  try {
    await disk.flushFolder()
  } catch (error) {
    throw flushFailed(error)
  }
}

async function newFolder({ disk, salt }: EmbeddedOptions): Promise<Checkpoint> {
  if (disk.list().some((name) => isJournalFile(name) || isSegmentFile(name))) {
    throw new StateError('ML_LOG_CORRUPT', corruptMessage('the folder of the log'), {
      details: { missing: CHECKPOINT_FILE },
    })
  }
  const none = { commit: 0, crc: 0 }
  const checkpoint = {
    format: FORMAT,
    salt,
    epoch: 0,
    copied: none,
    durable: none,
    topics: [],
    writers: {},
  }
  await writeCheckpoint(disk, checkpoint)
  return checkpoint
}

/** Files that no checkpoint names are left over from a copy or a removal that did not end. */
function removeOrphans(disk: Disk, catalog: Catalog): void {
  const named = new Set<string>()
  for (const topic of catalog.topics.values()) {
    for (const partition of topic.partitions)
      for (const segment of partition.segments) named.add(segmentName(partition, segment))
  }
  for (const name of disk.list()) {
    if (isSegmentFile(name) && !named.delete(name)) disk.remove(name)
  }
  const [missing] = named
  if (missing !== undefined) {
    throw new StateError('ML_LOG_CORRUPT', corruptMessage('a segment of the log'), {
      details: { missing },
    })
  }
}

async function rebuild(
  options: EmbeddedOptions,
  known: { readonly checkpoint: Checkpoint; readonly catalog: Catalog; readonly found: Found },
): Promise<{ journal: Journal; last: ChainMark }> {
  const { disk } = options
  const { checkpoint, catalog, found } = known
  const { journalBytes, journalFilesMax, preallocate } = sizesOf(options)
  const journal = new Journal(
    { disk, slotBytes: journalBytes, slotsMax: journalFilesMax, preallocate },
    found.lastId,
  )
  const inDoubt = found.last.commit > checkpoint.durable.commit
  let last = checkpoint.copied
  for (const [i, { name, id, frames }] of found.segments.entries()) {
    const trusted = inDoubt && i === found.segments.length - 1 ? frames.slice(0, -1) : frames
    const end = frames[frames.length - 1]
    const mark = trusted.at(-1)
    if (mark !== undefined) last = { commit: mark.commit, crc: mark.crc }
    const segment = journal.adopt(name, { id, end: end.at + end.length, last })
    for (const frame of trusted)
      if (segment !== undefined) replay(catalog, segment, frame, frame.at)
  }
  for (const name of found.free) journal.adopt(name, undefined)
  const doubtful = inDoubt ? found.segments.at(-1) : undefined
  if (doubtful !== undefined)
    last = await writeAgain(
      options,
      { journal, catalog, last, epoch: found.epoch + 1, salt: checkpoint.salt },
      doubtful,
    )
  return { journal, last }
}

/** Copies the last frame into a new segment and flushes it. */
async function writeAgain(
  { disk, clock }: EmbeddedOptions,
  into: { journal: Journal; catalog: Catalog; last: ChainMark; epoch: number; salt: number },
  from: Found['segments'][number],
): Promise<ChainMark> {
  const frame = from.frames[from.frames.length - 1]
  const bytes = Buffer.allocUnsafeSlow(frame.length)
  const file = disk.open(from.name, 'read')
  file.read(frame.at, bytes, 0, frame.length)
  file.close()
  const segment = await into.journal.begin(into.last)
  const { commit, length, runs, previous } = frame
  const crc = sealFrame(bytes, 0, {
    segment: segment.id,
    commit,
    length,
    runs,
    previous,
    epoch: into.epoch,
    salt: into.salt,
    writtenAt: clock.now(),
  })
  segment.slot.file.write(0, [bytes])
  try {
    await segment.slot.file.flush()
  } catch (error) {
    throw flushFailed(error)
  }
  segment.end = frame.length
  segment.last = { commit, crc }
  replay(into.catalog, segment, frame, 0)
  return segment.last
}

/** Makes what a frame holds known. `at` is where it lies in the segment. */
function replay(catalog: Catalog, segment: JournalSegment, frame: WholeFrame, at: number): void {
  const shift = at - frame.at
  for (const [i, run] of frame.runHeaders.entries()) {
    const position = frame.positions[i] + shift
    if (run.topic === 0) {
      catalog.apply(changeAt(segment, position, run.length))
      continue
    }
    const partition = catalog.byNumber(run.topic)?.partitions[run.partition]
    if (partition === undefined || partition.end !== run.base) {
      throw new StateError('ML_LOG_CORRUPT', corruptMessage('the journal of the log'), {
        details: { file: segment.slot.name, position },
      })
    }
    partition.journal.push({ base: run.base, segment: segment.id, position, bytes: run.length })
    partition.journalBytes += run.length
    partition.end = partition.next = run.base + run.count
    segment.touched.add(partition)
  }
}

function changeAt(segment: JournalSegment, position: number, length: number): Change {
  const bytes = Buffer.allocUnsafeSlow(length)
  segment.slot.file.read(position, bytes, 0, length)
  const { values } = decodeRun(bytes, 0, readHeader(bytes, segment, position))
  return JSON.parse(Buffer.from(values).toString('utf8'))
}

function readHeader(bytes: Buffer, segment: JournalSegment, position: number): RunHeader {
  const header = readRunHeader(bytes, 0)
  if (header === undefined) {
    throw new StateError('ML_LOG_CORRUPT', corruptMessage('the journal of the log'), {
      details: { file: segment.slot.name, position },
    })
  }
  return header
}
