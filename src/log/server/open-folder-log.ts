// The log behind a URL: through its owner where another process has the folder, else this process owns it.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DefinitionError, MillraceError } from '../../base/errors.ts'
import { bytesText } from '../../base/figures.ts'
import type { Log } from '../../contracts/log.ts'
import { connectLog, type LogCut } from './connect-log.ts'
import { makeFolder } from '../embedded/make-folder.ts'
import type { EmbeddedSizes } from '../embedded/options.ts'
import { closeToOthers } from './close-to-others.ts'
import type { OpenLogOptions, OpenedLog } from '../opened-log.ts'
import { checkLogFolder } from './log-folder.ts'
import { findSocketPath } from './socket-path.ts'
import { startLogThread } from './start-log-thread.ts'

/** How often, and how long between, an owner that is just starting is tried. */
const ATTEMPTS = 40
const BETWEEN_MS = 50

/** A log in a folder that was opened. */
export interface OpenedFolderLog extends OpenedLog {
  /** Where its files lie. */
  readonly folder: string
  /** A consistent state of the log in its segment files, which stay until it is released or the log is closed. */
  readonly cut: () => Promise<LogCut>
}

/** The journal's files and the reserve, and room for something. */
const BYTES_MIN = 256_000_000

/** The log of a folder. @throws as `openLog` does. */
export async function openFolderLog(
  url: string,
  { mustExist = false, maxBytes }: OpenLogOptions = {},
): Promise<OpenedFolderLog> {
  const folder = folderOf(url)
  if (maxBytes !== undefined && maxBytes < BYTES_MIN) {
    throw new DefinitionError(
      `the bound of a log must be at least ${bytesText(BYTES_MIN)}: its journal alone takes half of that; found ${bytesText(maxBytes)}`,
      { code: 'ML_USAGE' },
    )
  }
  checkLogFolder(folder, mustExist)
  let locked: unknown
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = await attach(folder)
    if (found !== undefined) return bounded(found, maxBytes)
    try {
      return await own(folder, maxBytes === undefined ? {} : { maxBytes })
    } catch (error) {
      if (!(error instanceof MillraceError && error.code === 'ML_LOCKED')) throw error
      locked = error
    }
    await sleep(BETWEEN_MS)
  }
  throw locked
}

/** Only the owner of the folder can keep a bound. */
async function bounded(
  found: OpenedFolderLog,
  maxBytes: number | undefined,
): Promise<OpenedFolderLog> {
  if (maxBytes === undefined) return found
  await found.log.close()
  throw new DefinitionError(
    'a bound of the log must be given to the process that owns its folder; found that another one does: start this one first, or leave --max-disk out',
    { code: 'ML_USAGE' },
  )
}

/** The folder that a URL means. @throws DefinitionError ML_USAGE for another kind of URL. */
export function folderOf(url: string): string {
  if (url.startsWith('file:')) return fileURLToPath(url)
  if (url.includes('://') || url === '') {
    throw new DefinitionError(`the log must be given as a folder, such as ./data; found '${url}'`, {
      code: 'ML_USAGE',
    })
  }
  return url
}

/** The log through the process that owns its folder; undefined where none does. */
export async function attach(folder: string): Promise<OpenedFolderLog | undefined> {
  const socketPath = findSocketPath(folder)
  try {
    const log = await connectLog(socketPath)
    const lost = new AbortController()
    void log.closed.then(() => lost.abort())
    const bytesWritten = (): Promise<undefined> => Promise.resolve(undefined)
    const cut = (): Promise<LogCut> => log.cut()
    const bytesKept = (): Promise<number> => Promise.resolve(bytesIn(folder))
    return {
      log,
      owned: false,
      mended: [],
      lost: lost.signal,
      folder,
      cut,
      reach: socketPath,
      bytesKept,
      bytesWritten,
    }
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'ML_CONNECTION') return undefined
    throw error
  }
}

async function own(folder: string, sizes: EmbeddedSizes): Promise<OpenedFolderLog> {
  makeFolderOf(folder)
  const mended = closeToOthers(folder)
  const thread = await startLogThread(folder, sizes)
  const { socketPath } = thread
  const client = await connectLog(socketPath)
  const log: Log = {
    ensureTopic: (spec, options) => client.ensureTopic(spec, options),
    topics: () => client.topics(),
    topic: (name) => client.topic(name),
    openWriter: (id, options) => client.openWriter(id, options),
    read: (from, options) => client.read(from, options),
    trim: (topic, partition, before) => client.trim(topic, partition, before),
    close: async () => {
      await client.close()
      await thread.close()
    },
  }
  const bytesWritten = async (): Promise<number> => {
    const { journalBytes, copiedBytes } = await thread.figures()
    return journalBytes + copiedBytes
  }
  const lost = new AbortController().signal
  const cut = (): Promise<LogCut> => client.cut()
  const bytesKept = (): Promise<number> => Promise.resolve(bytesIn(folder))
  return { log, owned: true, mended, lost, folder, cut, reach: socketPath, bytesKept, bytesWritten }
}

function makeFolderOf(folder: string): void {
  try {
    makeFolder(folder, 0o700)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'an error'
    throw new DefinitionError(
      `a log must be given as a folder that is there or can be made; found ${code} at ${folder}; give another with --log`,
      { code: 'ML_USAGE', cause },
    )
  }
}

/** Blocks of the device, so that a file that is reserved and not written counts as what it takes. */
function bytesIn(folder: string): number {
  let bytes = 0
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).blocks * 512
  }
  return bytes
}
