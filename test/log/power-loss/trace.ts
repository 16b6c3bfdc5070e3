// What a process asked of a disk, in order: enough to say what the device may hold after each event, whatever it had written by itself.
import type { EmbeddedSizes } from '../../../src/log/embedded/options.ts'
import type { Facts } from './facts.ts'

export type DiskEvent =
  | { readonly kind: 'create'; readonly file: number; readonly name: string }
  | {
      readonly kind: 'write'
      readonly file: number
      readonly position: number
      readonly bytes: Buffer
    }
  /** The file ends there from now on; it was longer or shorter. */
  | { readonly kind: 'cut'; readonly file: number; readonly size: number }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly name: string }
  /** A flush returned: what had happened to the file before event `asked` is on the device. */
  | { readonly kind: 'flushed'; readonly file: number; readonly asked: number }
  /** A flush failed: what it covered may be on the device or not, and no later flush writes it again. */
  | { readonly kind: 'flush-failed'; readonly file: number; readonly asked: number }
  /** Names that changed before event `asked` are on the device. */
  | { readonly kind: 'folder-flushed'; readonly asked: number }

/** The files of a folder by name. */
export type Image = ReadonlyMap<string, Uint8Array>

/** A trace, and all that is known of it. */
export interface Recorded {
  /** What the device held at the beginning. */
  readonly base: Image
  readonly events: readonly DiskEvent[]
  readonly facts: Facts
  readonly sizes: EmbeddedSizes
}
