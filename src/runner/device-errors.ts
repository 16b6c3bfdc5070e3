// What a device says when it is written to or read from, as an error that says what to do.
import { ConnectorError, DefinitionError } from '../base/errors.ts'

/** Does it; an error of the operating system about the place is told as one of Millrace. */
export async function onDevice<Result>(
  place: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error
    if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
      throw new ConnectorError(
        'ML_DISK_FULL',
        `there must be room on the device of ${place}; found none left: free some, then try again`,
        { cause: error, retryable: true },
      )
    }
    throw new DefinitionError(
      `${place} must be a place that can be read and written; found ${String(error.code)}; give another, or mend its permissions`,
      { code: 'ML_USAGE', cause: error },
    )
  }
}
