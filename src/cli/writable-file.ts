// Whether a file could be written, asked before the work whose result it takes.
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** What is in the way of writing the file; undefined where nothing is. */
export function inTheWayOf(path: string): string | undefined {
  const folder = dirname(resolve(path))
  if (!existsSync(folder)) return `there is no folder ${folder}`
  if (existsSync(path) && statSync(path).isDirectory()) return `${path} is a folder`
  try {
    accessSync(existsSync(path) ? path : folder, constants.W_OK)
  } catch {
    return `${path} may not be written`
  }
  return undefined
}
