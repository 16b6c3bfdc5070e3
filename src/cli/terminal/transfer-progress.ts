// How far an import or export is: as live lines for a terminal, as one plain line for a file. Pure.
import { bytesText, countText, shareText, wholeSecondsText } from '../../base/figures.ts'
import type { TransferProgress } from '../../contracts/commands.ts'
import { bar } from './bars.ts'
import type { ProgressTexts } from './live-progress.ts'
import { fitted, type Style } from './style.ts'

export const TRANSFER_TEXTS: ProgressTexts<TransferProgress> = {
  lines: transferLines,
  line: transferLine,
}

/** Three lines of at most `style.width` columns. */
export function transferLines(progress: TransferProgress, style: Style): string[] {
  const { from, to, number, files, records } = progress
  const which = files === 1 ? '' : style.dim(`  file ${number} of ${files}`)
  const right = `${shareText(shareOf(progress)).padStart(8)}  ${restText(progress)}`
  const width = Math.max(8, style.width - right.length - 4)
  const full = bar(shareOf(progress), width)
  return [
    `  ${style.bold(from)} to ${to}${which}`,
    `  ${style.accent(full)}${style.dim('·'.repeat(width - full.length))}${style.dim(right)}`,
    `  ${countText(records)} records${style.dim(`   ${speedText(progress)}`)}`,
  ].map((line) => fitted(line, style.width))
}

export function transferLine(progress: TransferProgress): string {
  const { from, records, elapsedSeconds } = progress
  return [
    `${wholeSecondsText(elapsedSeconds)}: ${shareText(shareOf(progress))}`,
    from,
    `${countText(records)} records`,
    speedText(progress),
  ].join(', ')
}

function shareOf({ done, size }: TransferProgress): number {
  return size === 0 ? 1 : Math.min(1, done / size)
}

function restText({ done, size, elapsedSeconds }: TransferProgress): string {
  const left = done === 0 ? Infinity : (elapsedSeconds * (size - done)) / done
  const rest = Number.isFinite(left) ? `, ${wholeSecondsText(left)} to go` : ''
  return (wholeSecondsText(elapsedSeconds) + rest).padEnd(26)
}

function speedText({ done, unit, elapsedSeconds }: TransferProgress): string {
  if (elapsedSeconds === 0) return ''
  const speed = done / elapsedSeconds
  return unit === 'bytes' ? `${bytesText(speed)}/s` : `${countText(speed)} records/s`
}
