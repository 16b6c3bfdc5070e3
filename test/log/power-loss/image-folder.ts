// An image as a folder of this machine.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Image } from './trace.ts'

/** Runs with a folder that holds these files. */
export async function inFolder<T>(image: Image, run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-power-'))
  try {
    for (const [name, bytes] of image) writeFileSync(join(folder, name), bytes)
    return await run(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
