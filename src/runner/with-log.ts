// A log that is opened for one piece of work. Where another process owns the folder, it may end at any moment: then the work
// begins again, with the log as its own or through the next owner. So the work must give the same when it is done twice.
import { openLog } from '../log/open-log.ts'
import type { OpenLogOptions, OpenedLog } from '../log/opened-log.ts'

/** Opens a log, calls `use`, and closes it; again where the process that owned the log ended meanwhile. */
export async function withLog<Result>(
  url: string,
  options: OpenLogOptions,
  use: (opened: OpenedLog) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const opened = await openLog(url, options)
    try {
      return await use(opened)
    } catch (error) {
      if (!opened.lost.aborted) throw error
    } finally {
      await opened.log.close()
    }
  }
}

/** Calls `use` with a log that must be there. */
export function withLogToRead<Result>(
  url: string,
  use: (log: OpenedLog['log']) => Promise<Result>,
): Promise<Result> {
  return withLog(url, { mustExist: true }, ({ log }) => use(log))
}
