// How far something is, as one bar for a terminal, a line for a file. Pure.
import { bytesText, shareText } from '../../base/figures.ts'
import type { BytesProgress, ShareProgress } from '../../contracts/commands.ts'
import { bar } from './bars.ts'
import type { ProgressTexts } from './live-progress.ts'
import { fitted } from './style.ts'

const BAR_MAX = 40

export const BYTES_TEXTS: ProgressTexts<BytesProgress> = textsOf(({ doing, bytes, total }) => {
  const share = total === 0 ? 1 : bytes / total
  return { share, text: `${doing} ${bytesText(bytes)} of ${bytesText(total)}, ${shareText(share)}` }
})

export const SHARE_TEXTS: ProgressTexts<ShareProgress> = textsOf(({ doing, share }) => ({
  share,
  text: `${doing} ${shareText(share)}`,
}))

function textsOf<Progress>(
  of: (progress: Progress) => { readonly share: number; readonly text: string },
): ProgressTexts<Progress> {
  return {
    line: (progress) => of(progress).text,
    lines: (progress, style) => {
      const { share, text } = of(progress)
      const width = Math.max(8, Math.min(BAR_MAX, style.width - text.length - 4))
      const full = bar(share, width)
      const line = `  ${style.accent(full)}${style.dim('·'.repeat(width - full.length))}  ${text}`
      return [fitted(line, style.width)]
    },
  }
}
