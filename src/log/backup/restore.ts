// Makes a log's folder of a backup. The log goes on from the commit the backup was made at, as another log than the one it was made of.
import type { Disk, DiskFile } from '../../contracts/disk.ts'
import { writeCheckpoint } from '../embedded/checkpoint.ts'
import type { Manifest } from './manifest.ts'
import { PieceDigests } from './piece-digests.ts'
import { problemError, type Problem } from './problem.ts'
import { segmentsOf, type SegmentFile } from './segment-list.ts'
import { walkSegment } from './walk-segment.ts'

export interface RestoreOptions {
  readonly source: Disk
  readonly manifest: Manifest
  /** An empty folder. */
  readonly target: Disk
  /** 32 bits that no other folder has: a backup of the restored log is none of the old one. */
  readonly salt: number
  readonly signal: AbortSignal
  readonly onProgress: (bytes: number, total: number) => void
}

/**
 * Checks every byte while it copies; the checkpoint, without which there is no log, is written last.
 * @throws StateError ML_LOG_CORRUPT when the backup is damaged; then nothing of it is left in the folder.
 */
export async function restore(options: RestoreOptions): Promise<{ readonly bytes: number }> {
  const { target, manifest, salt, onProgress } = options
  const segments = segmentsOf(manifest.checkpoint)
  const total = segments.reduce((sum, { bytes }) => sum + bytes, 0)
  let bytes = 0
  try {
    for (const segment of segments)
      await copy(options, segment, (more) => onProgress((bytes += more), total))
    await target.flushFolder()
    await writeCheckpoint(target, { ...manifest.checkpoint, salt })
  } catch (error) {
    const names = new Set(segments.map(({ name }) => name))
    for (const name of target.list()) if (names.has(name)) target.remove(name)
    throw error
  }
  return { bytes: total }
}

async function copy(
  { source, target, manifest, signal }: RestoreOptions,
  segment: SegmentFile,
  copied: (bytes: number) => void,
): Promise<void> {
  const from = source.open(segment.name, 'read')
  let into: DiskFile | undefined
  try {
    into = target.open(segment.name, 'create')
    const found = (problem: Problem): never => {
      throw problemError(problem)
    }
    const digests = new PieceDigests(segment, manifest.files[segment.name] ?? [], found)
    const chunks = walkSegment(from, segment, {
      from: { position: 0, offset: segment.base },
      to: { position: segment.bytes, offset: segment.end },
      counts: { runs: 0, records: 0 },
      found,
    })
    let position = 0
    for (const chunk of chunks) {
      digests.take(chunk)
      into.write(position, [chunk])
      position += chunk.length
      copied(chunk.length)
      await new Promise((resolve) => setImmediate(resolve))
      signal.throwIfAborted()
    }
    await into.flush()
  } finally {
    from.close()
    into?.close()
  }
}
