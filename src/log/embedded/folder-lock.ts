// One process owns the folder of a log. The lock is an exclusive transaction of SQLite on a file that stays empty: the
// operating system drops it with the process, after kill -9 too, and another process of the same container sees it.
// A file that holds a process id would be wrong after a restart in a container, where ids begin anew.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { ConnectorError } from '../../base/errors.ts'

export const LOCK_FILE = 'lock'
/** Says who holds the lock; only for messages. */
export const OWNER_FILE = 'lock.owner'

/**
 * Takes the folder for this process.
 * @throws ConnectorError ML_LOCKED, retryable, that names the owner.
 */
export function lockFolder(folder: string): { release(): void } {
  const database = openDatabase(join(folder, LOCK_FILE))
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    throw lockedError(folder, cause)
  }
  writeFileSync(join(folder, OWNER_FILE), `process ${process.pid} on ${hostname()}`, {
    mode: 0o600,
  })
  return { release: () => database.close() }
}

function openDatabase(path: string): DatabaseSync {
  const sqlite = withoutExperimentalWarning(
    () => createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite'),
  )
  writeFileSync(path, '', { mode: 0o600, flag: 'a' })
  return new sqlite.DatabaseSync(path, { timeout: 0 })
}

/** Node 22 warns on standard error when SQLite is loaded; of a lock, a user need not know. */
function withoutExperimentalWarning<T>(load: () => T): T {
  const emitWarning = process.emitWarning.bind(process)
  process.emitWarning = () => undefined
  try {
    return load()
  } finally {
    process.emitWarning = emitWarning
  }
}

function lockedError(folder: string, cause: unknown): ConnectorError {
  return new ConnectorError(
    'ML_LOCKED',
    `the log in ${folder} must have one owner; found it owned by ${owner(folder)}: stop that process, or reach the log through it`,
    { details: { folder, owner: owner(folder) }, cause, retryable: true },
  )
}

function owner(folder: string): string {
  try {
    return readFileSync(join(folder, OWNER_FILE), 'utf8') || 'another process'
  } catch {
    return 'another process'
  }
}
