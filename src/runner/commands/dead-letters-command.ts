// `millrace dead-letters list | retry`: what could not be taken, and trying it again.
import { countText } from '../../base/figures.ts'
import type { Answer, DeadLettersCommand, RetryCommand } from '../../contracts/commands.ts'
import { asTheyCame } from '../dead-letters/as-they-came.ts'
import { fileOf } from '../control.ts'
import {
  eachPage,
  letterRanges,
  newestLetters,
  type Letter,
  type LetterRange,
} from '../dead-letters/letters.ts'
import { Prospects, type WindowProspect } from '../dead-letters/prospects.ts'
import { retriedOrigins, retryLetters } from '../dead-letters/retries.ts'
import { withPipeline, type OpenedPipeline } from '../open-pipeline.ts'

/** Characters of a value that a list shows. */
const VALUE_MAX = 500

export async function listDeadLetters({
  limit,
  showValues,
  ...place
}: DeadLettersCommand): Promise<Answer> {
  return withPipeline(
    { file: await fileOf(place), log: place.log },
    async ({ log, definition }) => {
      const { pipeline } = definition.plan
      const { letters, kept, exact } = await newestLetters(log, { pipeline, limit })
      const newest = letters.slice(-limit)
      const retried = await retriedOrigins(log, pipeline)
      const text = (value: Uint8Array): string => Buffer.from(value).toString('utf8')
      return {
        ok: true,
        data: newest.map(({ key, value, ...letter }) => ({
          ...letter,
          retried: retried.has(letter.origin),
          ...(showValues ? { key: text(key), value: text(value) } : {}),
        })),
        lines: [
          ...newest.flatMap(({ origin, reason, value }) => [
            retried.has(origin) ? `${origin}  retried` : origin,
            `  ${reason}`,
            ...(showValues ? [`  ${cut(text(value))}`] : []),
          ]),
          kept === 0
            ? 'no dead letters'
            : `${countText(newest.length)} of ${exact ? '' : 'at most '}${countText(kept)} dead letters`,
        ],
      }
    },
  )
}

/** A value that is too long for a list. */
function cut(value: string): string {
  if (value.length <= VALUE_MAX) return value
  return `${value.slice(0, VALUE_MAX)}… (${countText(value.length)} characters; --json shows all)`
}

interface Found {
  letters: number
  retriedBefore: number
  /** Whose record was no longer kept. */
  gone: number
  /** That fit no more than they did. */
  unfit: number
  /** That would be written. */
  open: number
  /** Of these, those that would go to a topic of late events, by topic. */
  readonly late: Map<string, number>
  /** Of these, those that a set has counted already. */
  again: number
}

export async function retryDeadLetters(command: RetryCommand): Promise<Answer> {
  const { dryRun, yes, log: place } = command
  return withPipeline({ file: await fileOf(command), log: place }, async (opened) => {
    const { log, definition } = opened
    const { plan, schemas } = definition
    const prospects = await Prospects.of({ log, plan, schemas }, opened.tasks.tasks)
    const ranges = await letterRanges(log, plan.pipeline)
    const found = await look(opened, command, { ranges, prospects, each: () => undefined })
    const { windows } = prospects
    const loses = found.late.size > 0 || found.again > 0 || windows.some(({ over }) => over > 0)
    const write = !dryRun && (yes || !loses)
    let retried = 0
    if (write)
      await look(opened, command, {
        ranges,
        prospects,
        each: async (letters) => {
          retried += await retryLetters(log, plan.pipeline, letters)
        },
      })
    const { late, ...counts } = found
    return {
      ok: dryRun || write,
      data: { ...counts, late: Object.fromEntries(late), windows, loses, retried },
      lines: linesOf(found, windows, { retried, write, dryRun }),
    }
  })
}

/** Goes through the letters that are meant; gives those to be retried to `each`, a page at a time. */
async function look(
  { log, definition }: OpenedPipeline,
  { reason }: RetryCommand,
  of: {
    ranges: readonly LetterRange[]
    prospects: Prospects
    each: (letters: readonly Letter[]) => Promise<void> | undefined
  },
): Promise<Found> {
  const { pipeline } = definition.plan
  const done = await retriedOrigins(log, pipeline)
  const found: Found = {
    letters: 0,
    retriedBefore: 0,
    gone: 0,
    unfit: 0,
    open: 0,
    late: new Map(),
    again: 0,
  }
  await eachPage(log, { pipeline, ranges: of.ranges }, async (page) => {
    const meant = page.filter((letter) => reason === undefined || letter.reason.includes(reason))
    const left = await asTheyCame(
      log,
      meant.filter(({ origin }) => !done.has(origin)),
    )
    const kept = left.filter(({ gone }) => !gone)
    found.letters += meant.length
    found.retriedBefore += meant.length - left.length
    found.gone += left.length - kept.length
    const judged = await of.prospects.judge(kept)
    const open = kept.filter((_, i) => judged[i].kind !== 'unfit')
    found.open += open.length
    found.unfit += kept.length - open.length
    for (const prospect of judged) {
      if (prospect.kind === 'late')
        found.late.set(prospect.topic, (found.late.get(prospect.topic) ?? 0) + 1)
      else if (prospect.kind === 'taken' && prospect.again) found.again++
    }
    await of.each(open)
  })
  return found
}

function linesOf(
  found: Found,
  windows: readonly WindowProspect[],
  { retried, write, dryRun }: { retried: number; write: boolean; dryRun: boolean },
): string[] {
  const { letters, retriedBefore, gone, unfit, open, late, again } = found
  const are = write ? 'were' : 'would be'
  const lines = [
    `${countText(write ? retried : open)} of ${countText(letters)} dead letters ${are} written again to their topics`,
  ]
  const note = (count: number, text: string): void => {
    if (count > 0) lines.push(`  ${countText(count)} ${text}`)
  }
  note(retriedBefore, 'were before')
  note(unfit, 'stay: the definition still does not take them')
  note(gone, 'cannot be: their records are no longer kept')
  for (const [topic, count] of late)
    note(count, `too late for their stream: in no window, and in ${topic}`)
  note(again, 'set aside by a stage: its sets have counted them, and count them again')
  for (const { feature, takes, over } of windows)
    lines.push(
      over === 0
        ? `  ${feature} still takes ${takes === 1 ? 'it' : `all ${countText(takes)}`}`
        : `  ${feature} still takes ${countText(takes)}; for ${countText(over)} it is over`,
    )
  if (!write && !dryRun)
    lines.push('nothing was written, because something is lost: say --yes, or choose with --reason')
  return lines
}
