// The figures of what a supervisor has to do with others: the group, transactions, copies, and tasks that it takes over.
import type { Figure, Sample } from '../../contracts/edge.ts'
import type { OpenTransaction } from '../../contracts/log.ts'
import type { GroupCounts } from '../../contracts/membership.ts'
import type { RestoreProgress } from '../../engine/restore-progress.ts'
import { gauge, counter } from './figure.ts'

export interface CopyFigures {
  readonly stage: string
  readonly task: number
  /** undefined before it was read for the first time. */
  readonly behind: number | undefined
}

/** A task that gets its state back. */
export interface RestoreFigures extends RestoreProgress {
  readonly stage: string
  readonly task: number
}

export interface GroupFigures {
  /** undefined where there is none: those figures have no samples. */
  readonly group: GroupCounts | undefined
  readonly copies: readonly CopyFigures[]
  readonly restoring: readonly RestoreFigures[]
}

/** @param open undefined where a log has no transactions that may be open. @param now ms since 1970. */
export function groupFigures(
  { group, copies, restoring }: GroupFigures,
  open: readonly OpenTransaction[] | undefined,
  now: number,
): Figure[] {
  const oldest = open?.[0]?.since ?? now
  return [
    gauge(
      'millrace_members',
      'Supervisors that share the tasks, this one included, as it was told last.',
      group === undefined ? [] : [plain(group.members)],
    ),
    counter(
      'millrace_rebalances_total',
      'How often tasks were given out anew since the group began.',
      group === undefined ? [] : [plain(group.rebalances)],
    ),
    gauge(
      'millrace_open_transactions',
      'Appends to the log that were begun and have not ended, of all its writers.',
      open === undefined ? [] : [plain(open.length)],
    ),
    gauge(
      'millrace_open_transaction_seconds',
      'For how long the oldest of them is open: 0 where there is none.',
      open === undefined ? [] : [plain(Math.max(0, now - oldest) / 1000)],
    ),
    gauge(
      'millrace_restore_ratio',
      'How much of what makes its state a task has read that gets it back, from 0 to 1: while that lasts.',
      restoring.map(({ stage, task, done, total }) => ({
        labels: { stage, task },
        value: total === 0 ? 1 : done / total,
      })),
    ),
    gauge(
      'millrace_restore_bytes',
      'Bytes it has read of it.',
      restoring.map(({ stage, task, bytes }) => ({ labels: { stage, task }, value: bytes })),
    ),
    gauge(
      'millrace_copy_behind_records',
      'Records of commits between the copy of a task that is kept here and the end.',
      copies.flatMap(({ stage, task, behind }) =>
        behind === undefined ? [] : [{ labels: { stage, task }, value: behind }],
      ),
    ),
  ]
}

function plain(value: number): Sample {
  return { labels: {}, value }
}
