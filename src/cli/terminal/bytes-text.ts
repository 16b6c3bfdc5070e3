// How far something is that reads all of a folder: a bar for a terminal, a line for a file. Pure.
import { bytesText, shareText } from '../../base/figures.ts'
import type { BytesProgress } from '../../contracts/commands.ts'
import { bar } from './bars.ts'
import type { ProgressTexts } from './live-progress.ts'
import { fitted, type Style } from './style.ts'

const BAR_MAX = 40

function bytesLines(progress: BytesProgress, style: Style): string[] {
  const share = shareOf(progress)
  const right = textOf(progress)
  const width = Math.max(8, Math.min(BAR_MAX, style.width - right.length - 4))
  const full = bar(share, width)
  const line = `  ${style.accent(full)}${style.dim('·'.repeat(width - full.length))}  ${right}`
  return [fitted(line, style.width)]
}

export const BYTES_TEXTS: ProgressTexts<BytesProgress> = { lines: bytesLines, line: textOf }

function textOf(progress: BytesProgress): string {
  const { doing, bytes, total } = progress
  return `${doing} ${bytesText(bytes)} of ${bytesText(total)}, ${shareText(shareOf(progress))}`
}

function shareOf({ bytes, total }: BytesProgress): number {
  return total === 0 ? 1 : bytes / total
}
