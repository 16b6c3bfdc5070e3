// A copy of the repository in which one source at a time is another one: child processes, threads and everything else see it, and nothing
// that is written there comes back. It must never be a copy by links: a test may write to what it finds.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../test/tools.ts'
import { atEnd } from './at-end.ts'

const COPIED = ['src', 'test', 'scripts', 'examples', 'docs', 'bench']
const FILES = ['package.json', 'tsconfig.json', 'vitest.config.ts']

export class Overlay {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'millrace-planted-'))
  readonly #forget = atEnd(() => this.close())
  #planted: string | undefined

  constructor() {
    for (const name of [...COPIED, ...FILES])
      cpSync(join(root, name), join(this.folder, name), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'))
  }

  /** @param file below the repository. */
  plant(file: string, text: string): void {
    this.heal()
    writeFileSync(join(this.folder, file), text)
    this.#planted = file
  }

  /** Takes back what was planted. */
  heal(): void {
    const file = this.#planted
    if (file !== undefined) writeFileSync(join(this.folder, file), readFileSync(join(root, file)))
    this.#planted = undefined
  }

  close(): void {
    this.#forget()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
