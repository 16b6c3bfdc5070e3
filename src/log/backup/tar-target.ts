// Writes a cut of a log into one file, which any `tar` unpacks to the folder of a backup. It has its name only when it is whole.
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { FORMAT } from '../embedded/frame.ts'
import { folderDisk } from '../embedded/node-disk.ts'
import type { BackupOptions, BackupResult } from './back-up.ts'
import { MANIFEST_FILE, manifestBytes, type Piece } from './manifest.ts'
import { problemError } from './problem.ts'
import { segmentsOf, type SegmentFile } from './segment-list.ts'
import { TAR_BLOCK, tarHeader, tarPadding } from './tar-format.ts'
import { walkSegment } from './walk-segment.ts'

export type ArchiveOptions = Omit<BackupOptions, 'target'> & {
  /** The file; nothing may be there. */
  readonly path: string
}

/** @throws StateError ML_LOG_CORRUPT; then there is no file. */
export async function backUpToFile(options: ArchiveOptions): Promise<BackupResult> {
  const { path, checkpoint, at } = options
  const segments = segmentsOf(checkpoint)
  const part = `${path}.part`
  const descriptor = fs.openSync(part, 'w', 0o600)
  try {
    const files = await writeSegments(options, descriptor, segments)
    const manifest = manifestBytes({ format: FORMAT, at, checkpoint, files })
    put(descriptor, tarHeader({ name: MANIFEST_FILE, bytes: manifest.length, at }))
    put(descriptor, manifest)
    put(descriptor, Buffer.alloc(tarPadding(manifest.length) + 2 * TAR_BLOCK))
    fs.fsyncSync(descriptor)
    fs.renameSync(part, path)
  } catch (error) {
    fs.rmSync(part, { force: true })
    throw error
  } finally {
    fs.closeSync(descriptor)
  }
  await folderDisk(dirname(path)).flushFolder()
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0)
  const { commit } = checkpoint.copied
  return { commit, files: segments.length, bytes, bytesCopied: bytes }
}

async function writeSegments(
  { source, at, signal, onProgress }: ArchiveOptions,
  descriptor: number,
  segments: readonly SegmentFile[],
): Promise<Record<string, readonly Piece[]>> {
  const total = segments.reduce((sum, segment) => sum + segment.bytes, 0)
  const files: Record<string, readonly Piece[]> = {}
  let done = 0
  for (const segment of segments) {
    const { name, base, end, bytes } = segment
    const hash = createHash('sha256')
    const from = source.open(name, 'read')
    put(descriptor, tarHeader({ name, bytes, at }))
    try {
      const chunks = walkSegment(from, segment, {
        from: { position: 0, offset: base },
        to: { position: bytes, offset: end },
        counts: { runs: 0, records: 0 },
        found: (problem) => {
          throw problemError(problem)
        },
      })
      for (const chunk of chunks) {
        put(descriptor, chunk)
        hash.update(chunk)
        onProgress((done += chunk.length), total)
        await new Promise((resolve) => setImmediate(resolve))
        signal.throwIfAborted()
      }
    } finally {
      from.close()
    }
    put(descriptor, Buffer.alloc(tarPadding(bytes)))
    files[name] = [[bytes, hash.digest('hex')]]
  }
  return files
}

/** Writes all of it behind what was written. */
function put(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += fs.writeSync(descriptor, bytes, at, bytes.length - at)
}
