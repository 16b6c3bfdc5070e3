// What workers measured of models, each of its own tasks, made one.
import type { ModelStatus } from './messages.ts'

/** The figures of tasks of one version, weighted by how many pairs each has: of an RMSE about. The report has them exactly. */
export function mergedModels(models: readonly ModelStatus[]): ModelStatus[] {
  const byName = new Map<string, ModelStatus>()
  for (const each of models) {
    const name = `${each.model} ${each.version}`
    const so = byName.get(name)
    const weigh = (a: number, b: number, count: number): number =>
      each.count === 0 ? a : count === 0 ? b : (a * count + b * each.count) / (count + each.count)
    byName.set(
      name,
      so === undefined
        ? each
        : {
            model: each.model,
            version: each.version,
            count: so.count + each.count,
            figure: each.figure,
            value: weigh(so.value, each.value, so.count),
            base: weigh(so.base, each.base, so.count),
          },
    )
  }
  return [...byName.values()]
}
