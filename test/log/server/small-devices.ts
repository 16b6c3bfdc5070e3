// Small file systems of their own, to be filled: each an image in a file, mounted.
import { spawnSync } from 'node:child_process'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export class SmallDevices {
  readonly #base: string
  readonly #mounted: string[] = []

  /** @param base a folder that is there. */
  constructor(base: string) {
    this.#base = base
  }

  /** One of so many bytes; undefined where none may be mounted. */
  make(bytes: number): string | undefined {
    if (process.platform !== 'linux') return undefined
    const name = `device-${this.#mounted.length}`
    const [image, place] = [join(this.#base, `${name}.image`), join(this.#base, name)]
    writeFileSync(image, '')
    truncateSync(image, bytes)
    mkdirSync(place)
    const made =
      works('mkfs.ext4', '-q', '-F', '-m', '0', image) && works('mount', '-o', 'loop', image, place)
    if (!made) return undefined
    this.#mounted.push(place)
    return place
  }

  remove(): void {
    for (const place of this.#mounted) spawnSync('umount', [place])
  }
}

function works(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}
