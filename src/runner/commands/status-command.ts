// `millrace status`: how far every task has committed, and which one the others wait for.
import { setTimeout as sleep } from 'node:timers/promises'
import type { StatusCommand, WatchCommand } from '../../contracts/commands.ts'
import type { StatusReport } from '../../contracts/status.ts'
import { fileOf } from '../control.ts'
import { withPipeline, type OpenedPipeline } from '../open-pipeline.ts'
import { readStatus, readVersions } from '../status/read-status.ts'

export async function status(place: StatusCommand): Promise<StatusReport> {
  return withPipeline({ file: await fileOf(place), log: place.log }, async (opened) =>
    readStatus(opened, await readVersions(opened)),
  )
}

/** Metrics are read again after at least that long, and so seldom that they take a twentieth of the time at most. */
const METRICS_EVERY_MS = 5000
const METRICS_SHARE = 20

/** Reads the status again and again until it is stopped, whatever process owns the log meanwhile. */
export async function watchStatus(options: WatchCommand): Promise<void> {
  const place = { file: await fileOf(options), log: options.log }
  await withPipeline(place, (opened) => watch(opened, options))
}

async function watch(
  opened: OpenedPipeline,
  { everyMs, signal, onStatus }: WatchCommand,
): Promise<void> {
  let models = await readVersions(opened)
  let metricsAt = performance.now() + METRICS_EVERY_MS
  while (!signal.aborted) {
    const began = performance.now()
    if (began >= metricsAt) {
      models = await readVersions(opened)
      const took = performance.now() - began
      metricsAt = performance.now() + Math.max(METRICS_EVERY_MS, METRICS_SHARE * took)
    }
    onStatus(await readStatus(opened, models))
    await sleep(everyMs, undefined, { signal }).catch(() => undefined)
  }
}
