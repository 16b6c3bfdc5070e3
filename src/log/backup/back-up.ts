// Copies a cut of a log into a folder. What the folder holds of the same log already is kept, so that the second backup costs what is new.
// Every run is checked while it is copied: damage is found now, and not when the backup is needed.
import { createHash } from 'node:crypto'
import { DefinitionError } from '../../base/errors.ts'
import type { Disk, DiskFile } from '../../contracts/disk.ts'
import type { Checkpoint } from '../embedded/checkpoint.ts'
import { FORMAT } from '../embedded/frame.ts'
import {
  bytesOf,
  isBackupFile,
  MANIFEST_FILE,
  readManifest,
  writeManifest,
  type Manifest,
  type Piece,
} from './manifest.ts'
import { problemError } from './problem.ts'
import { segmentsOf, type SegmentFile } from './segment-list.ts'
import { walkSegment } from './walk-segment.ts'

export interface BackupOptions {
  /** The log's folder: only read. */
  readonly source: Disk
  readonly target: Disk
  /** Of a cut that is held while this goes on. */
  readonly checkpoint: Checkpoint
  /** Now, ms since 1970. */
  readonly at: number
  readonly signal: AbortSignal
  readonly onProgress: (bytes: number, total: number) => void
}

export interface BackupResult {
  /** The commit of the log up to which everything is in it. */
  readonly commit: number
  readonly files: number
  readonly bytes: number
  /** Of these, how many were copied now. */
  readonly bytesCopied: number
}

/**
 * Makes the folder a backup of the log, or brings it up to date. Interrupted at any moment, it leaves the backup that was there.
 * @throws DefinitionError ML_USAGE for a folder with other files, or with a backup of another log; StateError ML_LOG_CORRUPT.
 */
export async function backUp(options: BackupOptions): Promise<BackupResult> {
  const { target, checkpoint, at, onProgress } = options
  const before = previous(target, checkpoint)
  const segments = segmentsOf(checkpoint)
  const total = segments.reduce((sum, { bytes }) => sum + bytes, 0)
  const files: Record<string, readonly Piece[]> = {}
  let bytes = 0
  let bytesCopied = 0
  for (const segment of segments) {
    const kept = before?.(segment)
    const copied = await copyRest(options, { segment, kept }, (more) => {
      onProgress((bytes += more), total)
    })
    onProgress((bytes += segment.bytes - copied.bytes), total)
    bytesCopied += copied.bytes
    files[segment.name] = copied.pieces
  }
  await target.flushFolder()
  await writeManifest(target, { format: FORMAT, at, checkpoint, files })
  for (const name of target.list())
    if (name.startsWith('segment-') && files[name] === undefined) target.remove(name)
  return { commit: checkpoint.copied.commit, files: segments.length, bytes: total, bytesCopied }
}

/** What of a segment is there already. */
interface Kept {
  readonly pieces: readonly Piece[]
  readonly end: number
}

function previous(
  target: Disk,
  checkpoint: Checkpoint,
): ((segment: SegmentFile) => Kept | undefined) | undefined {
  const names = target.list()
  const foreign = names.find((name) => !isBackupFile(name))
  if (foreign !== undefined)
    throw usage(
      `a backup's folder must be its own; found other files, such as '${foreign}'; give an empty folder or a new one with --to`,
    )
  const manifest = readManifest(target)
  if (manifest === undefined) return undefined
  checkSameLog(manifest, checkpoint)
  const known = new Map(segmentsOf(manifest.checkpoint).map((file) => [file.name, file]))
  return ({ name, bytes }) => {
    const file = known.get(name)
    const pieces = manifest.files[name]
    if (file === undefined || pieces === undefined || file.bytes > bytes) return undefined
    return names.includes(name) && sizeOf(target, name) >= file.bytes
      ? { pieces, end: file.end }
      : undefined
  }
}

function checkSameLog(manifest: Manifest, { salt, copied }: Checkpoint): void {
  const there = manifest.checkpoint
  if (there.salt !== salt)
    throw usage(
      'a backup must be of the same log as the one in its folder; found that of another log; give another folder with --to',
      { file: MANIFEST_FILE },
    )
  if (there.copied.commit > copied.commit)
    throw usage(
      `a backup must not be newer than its log; found commit ${there.copied.commit} in the backup and ${copied.commit} in the log, which has lost its end; give another folder with --to, and keep this one`,
      { file: MANIFEST_FILE },
    )
}

function usage(message: string, details: Readonly<Record<string, string>> = {}): DefinitionError {
  return new DefinitionError(message, { code: 'ML_USAGE', details })
}

function sizeOf(disk: Disk, name: string): number {
  const file = disk.open(name, 'read')
  try {
    return file.size()
  } finally {
    file.close()
  }
}

/** Copies what of a segment is not there yet. */
async function copyRest(
  { source, target, signal }: BackupOptions,
  of: { readonly segment: SegmentFile; readonly kept: Kept | undefined },
  copied: (bytes: number) => void,
): Promise<{ readonly pieces: readonly Piece[]; readonly bytes: number }> {
  const { segment, kept = { pieces: [], end: of.segment.base } } = of
  const start = bytesOf(kept.pieces)
  if (start === segment.bytes) return { pieces: kept.pieces, bytes: 0 }
  const hash = createHash('sha256')
  const from = source.open(segment.name, 'read')
  let into: DiskFile | undefined
  try {
    into = target.open(segment.name, start === 0 ? 'create' : 'write')
    into.truncate(start)
    let position = start
    const chunks = walkSegment(from, segment, {
      from: { position: start, offset: kept.end },
      to: { position: segment.bytes, offset: segment.end },
      counts: { runs: 0, records: 0 },
      found: (problem) => {
        throw problemError(problem)
      },
    })
    for (const chunk of chunks) {
      into.write(position, [chunk])
      hash.update(chunk)
      position += chunk.length
      copied(chunk.length)
      // Lets the connection to the log, and whoever stops this, have a turn.
      await new Promise((resolve) => setImmediate(resolve))
      signal.throwIfAborted()
    }
    await into.flush()
  } finally {
    from.close()
    into?.close()
  }
  const bytes = segment.bytes - start
  return { pieces: [...kept.pieces, [bytes, hash.digest('hex')]], bytes }
}
