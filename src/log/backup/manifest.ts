// What a backup holds: a checkpoint, and the segments it names with a digest of each piece that was copied. It alone says what counts:
// it is replaced whole, by a rename, so that an interrupted backup leaves the one before as it was.
import { createHash } from 'node:crypto'
import { StateError } from '../../base/errors.ts'
import type { Disk } from '../../contracts/disk.ts'
import type { Checkpoint } from '../embedded/checkpoint.ts'
import { FORMAT } from '../embedded/frame.ts'
import { corruptMessage } from '../embedded/run.ts'

export const MANIFEST_FILE = 'backup'
const NEW_FILE = 'backup.new'

/** Bytes that were copied at one time, behind the ones before, and their SHA-256. */
export type Piece = readonly [bytes: number, sha256: string]

export interface Manifest {
  /** Of the log; a backup has no version of its own. */
  readonly format: number
  /** When it was made, ms since 1970. */
  readonly at: number
  /** Its `copied` and `durable` are the commit up to which the backup holds everything. */
  readonly checkpoint: Checkpoint
  /** By the name of the segment. */
  readonly files: Readonly<Record<string, readonly Piece[]>>
}

export function bytesOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, [bytes]) => sum + bytes, 0)
}

/** One line of JSON, then its SHA-256. */
export function manifestBytes(manifest: Manifest): Buffer {
  const text = JSON.stringify(manifest)
  return Buffer.from(`${text}\n${createHash('sha256').update(text).digest('hex')}\n`)
}

/** Makes a new manifest the backup's own; when it returns, it is durable. */
export async function writeManifest(disk: Disk, manifest: Manifest): Promise<void> {
  const file = disk.open(NEW_FILE, 'create')
  try {
    file.write(0, [manifestBytes(manifest)])
    await file.flush()
  } finally {
    file.close()
  }
  disk.rename(NEW_FILE, MANIFEST_FILE)
  await disk.flushFolder()
}

/** undefined where there is no backup. @throws StateError ML_LOG_CORRUPT, ML_LOG_FORMAT. */
export function readManifest(disk: Disk): Manifest | undefined {
  if (!disk.list().includes(MANIFEST_FILE)) return undefined
  const file = disk.open(MANIFEST_FILE, 'read')
  const bytes = Buffer.allocUnsafeSlow(file.size())
  file.read(0, bytes, 0, bytes.length)
  file.close()
  const [text, sum] = bytes.toString('utf8').split('\n')
  if (sum === undefined || createHash('sha256').update(text).digest('hex') !== sum) {
    throw new StateError('ML_LOG_CORRUPT', corruptMessage('the manifest of the backup'), {
      details: { file: MANIFEST_FILE },
    })
  }
  const manifest: Manifest = JSON.parse(text)
  if (manifest.format !== FORMAT) {
    throw new StateError(
      'ML_LOG_FORMAT',
      `the backup must have format ${FORMAT}; found ${manifest.format}: use the version of Millrace that made it`,
      { details: { expected: FORMAT, found: manifest.format } },
    )
  }
  return manifest
}

/** Files that a backup of its own folder may have; others are somebody's. */
export function isBackupFile(name: string): boolean {
  return /^(?:backup|backup\.new|segment-\d+-\d+-\d+|lock(?:[.-].*)?)$/.test(name)
}
