// Whether a folder is a log's: a log must not be made among somebody's files, nor by a command that only reads.
import { readdirSync } from 'node:fs'
import { DefinitionError } from '../../base/errors.ts'

/** Files of a folder that has held a log, for however short a time. */
const OWN = /^(?:checkpoint|journal-|segment-)/
/** What a process leaves that asked for the folder and died before it wrote anything. */
const LOCK = /^lock(?:[.-]|$)/

/**
 * @param mustExist whether a log that is not there may not be made.
 * @throws DefinitionError ML_USAGE
 */
export function checkLogFolder(folder: string, mustExist: boolean): void {
  const names = namesIn(folder)
  if (names?.includes('backup') === true && !names.includes('checkpoint')) {
    throw new DefinitionError(
      `a log must be given as its own folder; found a backup of one at ${folder}; make a log of it: millrace restore ${folder} --log FOLDER`,
      { code: 'ML_USAGE' },
    )
  }
  if (names?.some((name) => OWN.test(name)) === true) return
  const foreign = names?.find((name) => !LOCK.test(name))
  if (foreign !== undefined) {
    throw new DefinitionError(
      `a log's folder must be its own; found other files in ${folder}, such as '${foreign}'; give an empty folder or a new one with --log`,
      { code: 'ML_USAGE' },
    )
  }
  if (!mustExist) return
  throw new DefinitionError(
    `a log must be there to be read; found ${names === undefined ? 'no folder' : 'an empty folder'} at ${folder}; give the log's folder with --log, or make one: millrace topics write, millrace run`,
    { code: 'ML_USAGE' },
  )
}

/** Whether a folder holds a log. */
export function isLog(folder: string): boolean {
  return namesIn(folder)?.some((name) => OWN.test(name)) === true
}

/** undefined where there is no such folder. @throws DefinitionError for a file. */
function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') return undefined
    throw new DefinitionError(
      `a log must be given as a folder that can be read; found ${String(code)} at ${folder}; give another with --log`,
      { code: 'ML_USAGE', cause: error },
    )
  }
}
