// Makes a folder with those above it. Node's own recursive mkdir never returns where a file system refuses a folder with ENOENT, as /proc does.
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** @param mode of the folders that are made. Default: as the umask has it. @throws what the device says. */
export function makeFolder(folder: string, mode = 0o777): void {
  const missing: string[] = []
  for (let at = resolve(folder); !existsSync(at) && at !== dirname(at); at = dirname(at))
    missing.push(at)
  for (const each of missing.toReversed()) {
    try {
      mkdirSync(each, { mode })
    } catch (error) {
      // Somebody else made it meanwhile.
      if (!existsSync(each)) throw error
    }
  }
}
