// `millrace backup`: a consistent copy of a log, also of one that a run is writing to.
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ConnectorError, DefinitionError, MillraceError } from '../../base/errors.ts'
import { bytesText, countedText, countText } from '../../base/figures.ts'
import type { Answer, BackupCommand } from '../../contracts/commands.ts'
import type { Disk } from '../../contracts/disk.ts'
import { backUp, type BackupOptions, type BackupResult } from '../../log/backup/back-up.ts'
import { isArchive } from '../../log/backup/open-backup.ts'
import { backUpToFile } from '../../log/backup/tar-target.ts'
import { makeFolder } from '../../log/embedded/make-folder.ts'
import { folderDisk, nodeDisk } from '../../log/embedded/node-disk.ts'
import { openFolderLog, type OpenedFolderLog } from '../../log/server/open-folder-log.ts'
import { onDevice } from '../device-errors.ts'

/** Begins again where the process that owns the log ends meanwhile. */
export async function backup(options: BackupCommand): Promise<Answer> {
  const { to, signal } = options
  checkTarget(to)
  for (;;) {
    const opened = await openFolderLog(options.log, { mustExist: true })
    try {
      return await backUpOf(opened, options)
    } catch (error) {
      if (!opened.lost.aborted || signal.aborted) throw error
    } finally {
      // Which releases the cut, too.
      await opened.log.close()
    }
  }
}

async function backUpOf(
  { folder, cut }: OpenedFolderLog,
  { to, signal, onProgress }: BackupCommand,
): Promise<Answer> {
  const { checkpoint } = await cut()
  const result = await onDevice(to, () =>
    copy(to, {
      source: folderDisk(folder),
      checkpoint,
      at: Date.now(),
      signal,
      onProgress: (bytes, total) => onProgress({ doing: 'copying', bytes, total }),
    }),
  )
  return answerOf(to, checkpoint.topics.length, result)
}

function checkTarget(to: string): void {
  if (!isArchive(to) || !existsSync(to)) return
  throw new DefinitionError(
    `a backup in one file must be a new file; found one at ${to}; give another with --to, or a folder, which is brought up to date`,
    { code: 'ML_USAGE' },
  )
}

async function copy(to: string, options: Omit<BackupOptions, 'target'>): Promise<BackupResult> {
  if (isArchive(to)) {
    makeFolder(dirname(resolve(to)))
    return backUpToFile({ ...options, path: to })
  }
  const target = nodeDisk(to)
  const lock = lockBackup(to, target)
  try {
    return await backUp({ ...options, target })
  } finally {
    lock.release()
  }
}

/** Two backups into one folder would each remove what the other one wrote. */
function lockBackup(to: string, target: Disk): { release(): void } {
  try {
    return target.lock()
  } catch (error) {
    if (!(error instanceof MillraceError && error.code === 'ML_LOCKED')) throw error
    throw new ConnectorError(
      'ML_LOCKED',
      `one backup at a time is made in a folder; found another one under way in ${to}: wait for its end`,
      { cause: error, retryable: true },
    )
  }
}

function answerOf(
  to: string,
  topics: number,
  { commit, files, bytes, bytesCopied }: BackupResult,
): Answer {
  const kept = bytes - bytesCopied
  const copied = kept === 0 ? '' : `, of which ${bytesText(kept)} were there already`
  return {
    ok: true,
    data: { to, commit, topics, files, bytes, bytesCopied },
    lines: [
      `everything up to commit ${countText(commit)} of the log is in ${to}`,
      `  ${countedText(topics, 'topic')}, ${countedText(files, 'file')}, ${bytesText(bytes)}${copied}`,
    ],
  }
}
