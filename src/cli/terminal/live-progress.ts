// A bar for a command that may take long: it is gone when the command has an answer, and stays when it fails.
import type { Surroundings } from '../surroundings.ts'
import { errStyle } from '../surroundings.ts'
import { LiveView } from './live-view.ts'
import type { Style } from './style.ts'

/** What is over sooner needs no bar, and no line where there is no terminal. */
const SHOWN_AFTER_MS = { terminal: 300, plain: 10_000 } as const
const SHOWN_EVERY_MS = 80

export interface ProgressTexts<Progress> {
  /** For a terminal. */
  readonly lines: (progress: Progress, style: Style) => string[]
  /** For a file. */
  readonly line: (progress: Progress) => string
}

/** @param work tells how far it is as often as it likes. */
export async function withProgress<Progress, Result>(
  around: Surroundings,
  texts: ProgressTexts<Progress>,
  work: (of: {
    readonly signal: AbortSignal
    readonly onProgress: (progress: Progress) => void
  }) => Promise<Result>,
): Promise<Result> {
  const { err: screen, signal } = around
  const view = new LiveView<Progress>({ screen, style: () => errStyle(around), ...texts })
  let next = around.monotonic() + SHOWN_AFTER_MS[screen.isTTY === true ? 'terminal' : 'plain']
  const onProgress = (progress: Progress): void => {
    const now = around.monotonic()
    if (now < next) return
    next = now + SHOWN_EVERY_MS
    view.show(progress, now)
  }
  try {
    const result = await work({ signal, onProgress })
    view.close('erase')
    return result
  } finally {
    view.close()
  }
}
