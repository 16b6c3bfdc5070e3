// The metrics of a model, version by version, by their digests: the joins know only the beginning of one, runs know the rest.
import { FALLBACK_VERSION, versionNumber, versionText } from '../../contracts/model-version.ts'
import type { Log } from '../../contracts/log.ts'
import type { MeasureKind } from '../../contracts/run-report.ts'
import type { Metrics, ModelMetrics } from '../model-metrics.ts'
import { readControl } from '../control.ts'

export interface VersionMetrics extends Metrics {
  /** SHA-256 of the model's bytes, hex; or `fallback`. */
  readonly version: string
  readonly measure: MeasureKind
}

/** Digests that runs of a pipeline began with, each once, the last run's first; by model. */
export async function versionsRun(
  log: Log,
  pipeline: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const runs = new Map<string, Set<string>>()
  await readControl(log, 0, (event) => {
    if (event.kind !== 'run' || event.pipeline !== pipeline) return
    for (const [model, digest] of Object.entries(event.models)) {
      const digests = runs.get(model) ?? new Set()
      digests.delete(digest)
      runs.set(model, digests.add(digest))
    }
  })
  return new Map([...runs].map(([model, digests]) => [model, [...digests].toReversed()]))
}

/**
 * The version of the last run, also where it has no labels yet; then those before it that have some; then the fallback, if labels
 * judged it.
 * @param digests that were run, the newest first.
 */
export function versionMetrics(
  metrics: ModelMetrics,
  digests: readonly string[],
): VersionMetrics[] {
  const rest = new Set(metrics.versions)
  const named = digests.flatMap((digest, i) => {
    const version = versionNumber(digest)
    return rest.delete(version) || i === 0 ? [{ name: digest, version }] : []
  })
  const fallback = rest.delete(FALLBACK_VERSION) ? [FALLBACK_VERSION] : []
  for (const version of [...rest, ...fallback]) named.push({ name: versionText(version), version })
  const { measure } = metrics
  return named.map(({ name, version }) => ({ version: name, measure, ...metrics.report(version) }))
}
