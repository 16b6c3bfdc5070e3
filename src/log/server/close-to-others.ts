// A log's folder and files are for its user alone. What came to be open to others (a copy, an unpacked backup) is closed, and said.
import { chmodSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ConnectorError } from '../../base/errors.ts'

const OTHERS = 0o077

/** @returns the names that others could have opened; '.' is the folder itself. */
export function closeToOthers(folder: string): string[] {
  // Modes mean nothing there.
  if (process.platform === 'win32') return []
  return ['.', ...namesIn(folder)].filter((name) => {
    const path = join(folder, name)
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined || (found.mode & OTHERS) === 0) return false
    try {
      chmodSync(path, found.mode & ~OTHERS & 0o777)
    } catch (cause) {
      throw new ConnectorError(
        'ML_LOCKED',
        `the folder of a log and its files must belong to this user; found ${path} of another: give --log a folder of your own`,
        { details: { folder }, cause },
      )
    }
    return true
  })
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // It is made where it is missing.
    return []
  }
}
