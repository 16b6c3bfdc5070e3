// What the journal holds after the last run ended, however it ended. Follows the chain of frames to its first break.
// A torn last frame is normal. A frame behind a break is not: frames are flushed one by one, so it proves that an acknowledged
// one is damaged; then the log is refused, never shortened in silence.
import { StateError } from '../../base/errors.ts'
import type { Disk } from '../../contracts/disk.ts'
import type { ChainMark, Checkpoint } from './checkpoint.ts'
import { findFrame, readFrame, type WholeFrame } from './frame.ts'
import { isJournalFile } from './journal.ts'
import { corruptMessage } from './run.ts'

/** What one file of the journal holds. */
interface Scanned {
  readonly name: string
  /** The unbroken frames from its beginning. */
  readonly frames: readonly WholeFrame[]
  /** The greatest commit of any frame behind the break; 0: none. */
  readonly stray: number
}

export interface FoundSegment {
  readonly name: string
  readonly id: number
  /** Those frames that count and are not copied yet, oldest first. */
  readonly frames: readonly WholeFrame[]
}

export interface Found {
  /** Segments with frames that are not copied, oldest first. */
  readonly segments: readonly FoundSegment[]
  /** Files that hold nothing that is needed. */
  readonly free: readonly string[]
  readonly last: ChainMark
  readonly lastId: number
  readonly epoch: number
}

/** Reads all of the journal. @throws StateError ML_LOG_CORRUPT when acknowledged records are damaged. */
export function findFrames(disk: Disk, checkpoint: Checkpoint): Found {
  const scanned = disk
    .list()
    .filter(isJournalFile)
    .map((name) => scan(disk, name, checkpoint.salt))
  const held = scanned.filter(
    ({ frames }) =>
      frames.length > 0 && frames[frames.length - 1].commit > checkpoint.copied.commit,
  )
  held.sort((a, b) => a.frames[0].segment - b.frames[0].segment)
  const segments: { name: string; id: number; frames: WholeFrame[] }[] = []
  let last = checkpoint.copied
  for (const { name, frames } of held) {
    const mine: WholeFrame[] = []
    for (const frame of frames) {
      if (frame.commit <= checkpoint.copied.commit) continue
      if (frame.commit <= last.commit && mine.length === 0)
        last = withdraw(segments, frame, checkpoint)
      if (frame.commit !== last.commit + 1 || frame.previous !== last.crc)
        throw corrupt(name, frame.at)
      mine.push(frame)
      last = { commit: frame.commit, crc: frame.crc }
    }
    segments.push({ name, id: frames[0].segment, frames: mine })
  }
  for (const { name, stray } of scanned) if (stray > last.commit) throw corrupt(name, undefined)
  if (last.commit < checkpoint.durable.commit)
    throw corrupt(scanned[0]?.name ?? 'journal', undefined)
  const kept = segments.filter(({ frames }) => frames.length > 0)
  const names = new Set(kept.map(({ name }) => name))
  return {
    segments: kept,
    free: scanned.filter(({ name }) => !names.has(name)).map(({ name }) => name),
    last,
    lastId: Math.max(0, ...scanned.map(({ frames }) => frames[0]?.segment ?? 0)),
    epoch: Math.max(checkpoint.epoch, ...kept.map(({ frames }) => frames[frames.length - 1].epoch)),
  }
}

/** A later segment begins with a commit that an earlier one has too: an earlier recovery copied it, or wrote it anew. */
function withdraw(
  segments: { frames: WholeFrame[] }[],
  from: WholeFrame,
  checkpoint: Checkpoint,
): ChainMark {
  let last = checkpoint.copied
  for (const segment of segments) {
    segment.frames = segment.frames.filter((frame) => frame.commit < from.commit)
    const end = segment.frames.at(-1)
    if (end !== undefined) last = { commit: end.commit, crc: end.crc }
  }
  return last
}

function scan(disk: Disk, name: string, salt: number): Scanned {
  const file = disk.open(name, 'read')
  const bytes = Buffer.allocUnsafeSlow(file.size())
  file.read(0, bytes, 0, bytes.length)
  file.close()
  const frames: WholeFrame[] = []
  let at = 0
  for (;;) {
    const frame = readFrame(bytes, at, salt)
    const before = frames.at(-1)
    if (frame === undefined) break
    if (
      before !== undefined &&
      (frame.segment !== before.segment ||
        frame.commit !== before.commit + 1 ||
        frame.previous !== before.crc)
    )
      break
    frames.push(frame)
    at += frame.length
  }
  let stray = 0
  for (let next = findFrame(bytes, at); next !== -1; next = findFrame(bytes, next + 8)) {
    stray = Math.max(stray, readFrame(bytes, next, salt)?.commit ?? 0)
  }
  return { name, frames, stray }
}

function corrupt(file: string, position: number | undefined): StateError {
  return new StateError('ML_LOG_CORRUPT', corruptMessage('the journal of the log'), {
    details: { file, position },
  })
}
