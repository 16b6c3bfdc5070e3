// Gaps that were accepted, as status and explain tell them.
import type { Log } from '../../contracts/log.ts'
import type { GapReport } from '../../contracts/gap-report.ts'
import { gapsOf } from '../control.ts'

export async function gapReports(log: Log, pipeline: string): Promise<GapReport[]> {
  return (await gapsOf(log, pipeline)).map(({ topic, partition, from, to, readAt, at }) => ({
    topic,
    partition,
    from,
    to,
    readAt,
    at,
  }))
}
