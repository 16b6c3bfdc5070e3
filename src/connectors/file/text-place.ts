// A place between two lines of a file.

export interface TextPlace {
  /** Bytes before it, decompressed. */
  readonly bytes: number
  /** Lines before it. */
  readonly line: number
}

export const FILE_START: TextPlace = { bytes: 0, line: 0 }
