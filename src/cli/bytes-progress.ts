// A bar for what reads all of a folder: seconds where the log is small, minutes where it is not.
import type { BytesProgress } from '../contracts/commands.ts'
import type { Program } from './program.ts'
import { errStyle } from './surroundings.ts'
import { bytesLine, bytesLines } from './terminal/bytes-text.ts'
import { LiveView } from './terminal/live-view.ts'

/** What is over sooner needs no bar, or no line where there is no terminal. */
const SHOWN_AFTER_MS = { terminal: 300, plain: 10_000 } as const
/** Frames are that far apart. */
const FRAME_MS = 80

/** Does it with its progress on the standard error, which is erased in the end. */
export async function withBytesProgress<Result>(
  { around }: Program,
  work: (progress: {
    readonly signal: AbortSignal
    readonly onProgress: (progress: BytesProgress) => void
  }) => Promise<Result>,
): Promise<Result> {
  const view = new LiveView<BytesProgress>({
    screen: around.err,
    style: () => errStyle(around),
    lines: bytesLines,
    line: bytesLine,
  })
  let nextMs = around.monotonic() + SHOWN_AFTER_MS[around.err.isTTY === true ? 'terminal' : 'plain']
  const onProgress = (progress: BytesProgress): void => {
    const now = around.monotonic()
    if (now < nextMs) return
    nextMs = now + FRAME_MS
    view.show(progress, now)
  }
  try {
    return await work({ signal: around.signal, onProgress })
  } finally {
    view.close('erase')
  }
}
