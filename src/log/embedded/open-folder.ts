// The embedded log on a folder of this machine.
import { randomInt } from 'node:crypto'
import { EmbeddedLog } from './embedded-log.ts'
import { machineClock } from './machine-clock.ts'
import { nodeDisk } from './node-disk.ts'
import type { EmbeddedSizes } from './options.ts'

/** How often retention is looked at where nothing is copied. */
const RETENTION_EVERY_MS = 60_000

/**
 * Opens the log in a folder, in this thread, and makes the folder where it is missing.
 * @throws ConnectorError ML_LOCKED when another process owns it.
 */
export function openFolder(folder: string, sizes: EmbeddedSizes = {}): Promise<EmbeddedLog> {
  return EmbeddedLog.open({
    disk: nodeDisk(folder),
    clock: machineClock,
    salt: randomInt(2 ** 32),
    retentionEveryMs: RETENTION_EVERY_MS,
    ...sizes,
  })
}
