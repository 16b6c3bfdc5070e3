// Where the socket of a folder's log is. The system allows about 107 bytes for its path, so that of a folder deep in a tree lies
// in a short folder of its own, and a file in the log's folder says where.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const SOCKET = 'log.sock'
const ELSEWHERE = 'log.sock.path'
/** macOS allows 103 bytes, Linux 107. */
const PATH_BYTES_MAX = 103

/** For the owner of the folder: where to listen, and what to do at the end. */
export function claimSocketPath(folder: string): {
  readonly path: string
  readonly release: () => void
} {
  const note = join(folder, ELSEWHERE)
  const left = elsewhere(folder)
  if (left !== undefined) rmSync(dirname(left), { recursive: true, force: true })
  rmSync(note, { force: true })
  const near = join(resolve(folder), SOCKET)
  if (Buffer.byteLength(near) <= PATH_BYTES_MAX)
    return { path: near, release: () => rmSync(near, { force: true }) }
  const short = mkdtempSync(join(tmpdir(), 'millrace-'))
  const path = join(short, SOCKET)
  writeFileSync(note, path, { mode: 0o600 })
  return {
    path,
    release: () => {
      rmSync(note, { force: true })
      rmSync(short, { recursive: true, force: true })
    },
  }
}

/** For everyone else: where the owner listens, if there is one. */
export function findSocketPath(folder: string): string {
  return elsewhere(folder) ?? join(resolve(folder), SOCKET)
}

/** Only a place that `claimSocketPath` can have made: the file must not lead to a removal of anything else. */
function elsewhere(folder: string): string | undefined {
  try {
    const path = readFileSync(join(folder, ELSEWHERE), 'utf8')
    const inTemp =
      dirname(path).startsWith(join(tmpdir(), 'millrace-')) && dirname(dirname(path)) === tmpdir()
    return inTemp && path.endsWith(`/${SOCKET}`) ? path : undefined
  } catch {
    return undefined
  }
}
