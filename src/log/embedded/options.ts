// Sizes of the embedded log. The defaults are for a machine; the simulator uses small ones.
import type { Clock } from '../../contracts/clock.ts'
import type { Disk } from '../../contracts/disk.ts'

export interface EmbeddedSizes {
  /** Bytes of one file of the journal. Default 32 MiB. */
  readonly journalBytes?: number
  /** Files of the journal at most: how far the copier may fall behind. Default 4. */
  readonly journalFilesMax?: number
  /** Bytes of one segment of a partition, at most (one run may be larger). Default 64 MiB. */
  readonly segmentBytes?: number
  /** Bytes of the folder at most, about: a journal file more or less. Default: as many as the device has. */
  readonly maxBytes?: number
  /**
   * Intake stops when there is less room than that. What is left is for those who make room (`fromReserve`), and its last quarter for
   * copies of what is kept. Default 64 MiB.
   */
  readonly reserveBytes?: number
  /** Whether new journal files are filled with zeros. Default true. */
  readonly preallocate?: boolean
  /** Segment files open for reading, at most. Default 128. */
  readonly openFilesMax?: number
  /** How often retention is applied without a copy, ms. Default: only with copies. */
  readonly retentionEveryMs?: number
}

export interface EmbeddedOptions extends EmbeddedSizes {
  readonly disk: Disk
  readonly clock: Clock
  /** 32 bits that no other folder has; used when the folder is new. */
  readonly salt: number
}

export type Sizes = Required<EmbeddedSizes>

export function sizesOf(options: EmbeddedSizes): Sizes {
  return {
    journalBytes: options.journalBytes ?? 32 << 20,
    journalFilesMax: options.journalFilesMax ?? 4,
    segmentBytes: options.segmentBytes ?? 64 << 20,
    maxBytes: options.maxBytes ?? Infinity,
    reserveBytes: options.reserveBytes ?? 64 << 20,
    preallocate: options.preallocate ?? true,
    openFilesMax: options.openFilesMax ?? 128,
    retentionEveryMs: options.retentionEveryMs ?? Infinity,
  }
}
