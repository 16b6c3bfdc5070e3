// What the embedded log asks of a device, so that the simulator can crash it at any step.
// A write is durable only after a flush of that file returned; a failed flush says nothing about what is durable.

export interface DiskFile {
  readonly name: string
  size(): number
  /** Reads up to `length` bytes into `into` at `at`; returns how many there were. */
  read(position: number, into: Uint8Array, at: number, length: number): number
  /** Writes the pieces one after the other from `position`. Throws with code ENOSPC when there is no room. */
  write(position: number, pieces: readonly Uint8Array[]): void
  truncate(size: number): void
  flush(): Promise<void>
  close(): void
}

export interface Disk {
  /** Names in the folder, sorted. */
  list(): string[]
  open(name: string, mode: 'create' | 'write' | 'read'): DiskFile
  rename(from: string, to: string): void
  remove(name: string): void
  /** Makes creations, renames and removals durable. */
  flushFolder(): Promise<void>
  /** Bytes that can still be written, as far as is known. */
  free(): number
  /** Takes the folder for this process; the lock dies with it. Throws ML_LOCKED. */
  lock(): { release(): void }
}
