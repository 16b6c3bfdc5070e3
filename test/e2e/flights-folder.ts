// Folders with flights in them: imported once, copied for each run, removed at the end.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const FLIGHTS: string = fileURLToPath(
  new URL('../../examples/flights/flights.ts', import.meta.url),
)
const IMPORT = fileURLToPath(new URL('../../examples/flights/import.ts', import.meta.url))

export class FlightsFolders {
  readonly #root = mkdtempSync(join(tmpdir(), 'millrace-e2e-'))
  readonly #imported = new Map<string, string>()
  #copies = 0

  /** A folder of its own with that many flights, in that many partitions. */
  copy(limit: number, partitions = 2): string {
    const name = `flights-${limit}-${partitions}`
    const from = this.#imported.get(name) ?? this.#import(name, limit, partitions)
    const folder = this.path(`${name}-copy-${++this.#copies}`)
    cpSync(from, folder, { recursive: true })
    return folder
  }

  path(name: string): string {
    return join(this.#root, name)
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true })
  }

  #import(name: string, limit: number, partitions: number): string {
    const folder = this.path(name)
    const of = ['--data', folder, '--limit', String(limit), '--partitions', String(partitions)]
    execFileSync(process.execPath, [IMPORT, ...of])
    this.#imported.set(name, folder)
    return folder
  }
}
