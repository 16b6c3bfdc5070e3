// A backup as it is given to a command: a folder, or one file.
import { existsSync, statSync } from 'node:fs'
import { DefinitionError } from '../../base/errors.ts'
import type { Disk } from '../../contracts/disk.ts'
import { folderDisk } from '../embedded/node-disk.ts'
import { readManifest, type Manifest } from './manifest.ts'
import { tarDisk } from './tar-disk.ts'

export interface OpenedBackup {
  /** Only for reading. */
  readonly disk: Disk
  readonly manifest: Manifest
}

/** Whether a path says that the backup is one file. */
export function isArchive(path: string): boolean {
  return path.endsWith('.tar')
}

/** undefined where there is something else. @throws StateError ML_LOG_CORRUPT, ML_LOG_FORMAT. */
export function findBackup(path: string): OpenedBackup | undefined {
  if (!existsSync(path)) return undefined
  const disk = statSync(path).isDirectory() ? folderDisk(path) : tarDisk(path)
  const manifest = disk && readManifest(disk)
  return disk && manifest && { disk, manifest }
}

/** @throws DefinitionError ML_USAGE where there is no backup. */
export function openBackup(path: string): OpenedBackup {
  const found = findBackup(path)
  if (found !== undefined) return found
  throw new DefinitionError(
    `a backup must be a folder or a file that \`millrace backup\` wrote; found ${existsSync(path) ? 'something else' : 'nothing'} at ${path}`,
    { code: 'ML_USAGE' },
  )
}
