// How far an import is: as live lines for a terminal, as one plain line for a file. Pure.
import { bytesText, countText, shareText, wholeSecondsText } from '../../base/figures.ts'
import type { ImportProgress } from '../../contracts/commands.ts'
import { bar } from './bars.ts'
import { fitted, type Style } from './style.ts'

/** Two lines of at most `style.width` columns. */
export function importLines(progress: ImportProgress, style: Style): string[] {
  const { topic, file, number, files, records } = progress
  const which = files === 1 ? '' : style.dim(`  file ${number} of ${files}`)
  const right = `${shareText(shareOf(progress)).padStart(8)}  ${restText(progress)}`
  const width = Math.max(8, style.width - right.length - 4)
  const full = bar(shareOf(progress), width)
  return [
    `  ${style.bold(file)} to ${topic}${which}`,
    `  ${style.accent(full)}${style.dim('·'.repeat(width - full.length))}${style.dim(right)}`,
    `  ${countText(records)} records${style.dim(`   ${speedText(progress)}`)}`,
  ].map((line) => fitted(line, style.width))
}

export function importLine(progress: ImportProgress): string {
  const { file, records, elapsedSeconds } = progress
  return [
    `${wholeSecondsText(elapsedSeconds)}: ${shareText(shareOf(progress))} of ${bytesText(progress.size)}`,
    file,
    `${countText(records)} records`,
    speedText(progress),
  ].join(', ')
}

function shareOf({ done, size }: ImportProgress): number {
  return size === 0 ? 1 : Math.min(1, done / size)
}

function restText({ done, size, elapsedSeconds }: ImportProgress): string {
  const left = done === 0 ? Infinity : (elapsedSeconds * (size - done)) / done
  const rest = Number.isFinite(left) ? `, ${wholeSecondsText(left)} to go` : ''
  return (wholeSecondsText(elapsedSeconds) + rest).padEnd(26)
}

function speedText({ done, elapsedSeconds }: ImportProgress): string {
  return elapsedSeconds === 0 ? '' : `${bytesText(done / elapsedSeconds)}/s`
}
