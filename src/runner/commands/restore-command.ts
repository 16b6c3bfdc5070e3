// `millrace restore`: makes a log's folder of a backup.
import { randomInt } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { DefinitionError } from '../../base/errors.ts'
import { bytesText, countedText, countText } from '../../base/figures.ts'
import type { Answer, RestoreCommand } from '../../contracts/commands.ts'
import { openBackup } from '../../log/backup/open-backup.ts'
import { restore as restoreLog } from '../../log/backup/restore.ts'
import { nodeDisk } from '../../log/embedded/node-disk.ts'
import { folderOf } from '../../log/server/open-folder-log.ts'
import { onDevice } from '../device-errors.ts'

export async function restore(options: RestoreCommand): Promise<Answer> {
  const { backup, log, signal, onProgress } = options
  const { disk: source, manifest } = openBackup(backup)
  const folder = folderOf(log)
  checkEmpty(folder)
  const { bytes } = await onDevice(folder, async () => {
    const target = nodeDisk(folder)
    const lock = target.lock()
    try {
      return await restoreLog({
        source,
        manifest,
        target,
        salt: randomInt(2 ** 32),
        signal,
        onProgress: (done, total) => onProgress({ doing: 'restoring', bytes: done, total }),
      })
    } finally {
      lock.release()
    }
  })
  const { topics, copied } = manifest.checkpoint
  const { commit } = copied
  const at = new Date(manifest.at).toISOString()
  return {
    ok: true,
    data: { backup, folder, commit, topics: topics.length, bytes, at: manifest.at },
    lines: [
      `the log in ${folder} stands at commit ${countText(commit)}, as it was at ${at}`,
      `  ${countedText(topics.length, 'topic')}, ${bytesText(bytes)}; a run of its pipelines goes on from there`,
    ],
  }
}

function checkEmpty(folder: string): void {
  if (!existsSync(folder)) return
  const found = statSync(folder).isDirectory()
    ? readdirSync(folder).find((name) => !/^lock(?:[.-]|$)/.test(name))
    : folder
  if (found === undefined) return
  throw new DefinitionError(
    `a backup must be restored into an empty folder; found '${found}' in ${folder}; give a new one with --log`,
    { code: 'ML_USAGE' },
  )
}
