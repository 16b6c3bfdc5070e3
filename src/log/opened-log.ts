// A log that was opened, whatever it is made of.
import type { Log } from '../contracts/log.ts'

/** A log that was opened, and how it is reached. */
export interface OpenedLog {
  /** The log itself; close it when you are done. */
  readonly log: Log
  /** Whether the log is there for as long as this process wants it; else it ends with the process that owns its folder. */
  readonly owned: boolean
  /** Names in the folder that others could have opened, and cannot any more. */
  readonly mended: readonly string[]
  /** Aborted when the connection to the owner has ended; never for an owner. */
  readonly lost: AbortSignal
  /** Where other processes reach the log: a socket, or a URL. */
  readonly reach: string
  /** Bytes the log takes on its devices now. */
  readonly bytesKept: () => Promise<number>
  /** Bytes written to the device since the folder was opened, journal and copies alike; undefined where another process owns it, or the log has none here. */
  readonly bytesWritten: () => Promise<number | undefined>
}

/** What `openLog(url, options)` takes. */
export interface OpenLogOptions {
  /** Whether a folder that is not there is an error, and not made. Default false. */
  readonly mustExist?: boolean
  /** Bytes of the folder at most, about; 256 MB at least. Intake stops before, with ML_DISK_FULL. Default: as many as the device has. */
  readonly maxBytes?: number | undefined
}
