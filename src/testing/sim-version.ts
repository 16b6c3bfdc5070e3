// Another version of a model: other bytes, so another digest, that say the same. What a run gives may then depend on neither the moment
// of the change nor on who scored a row, but for whose score it is.
import type { LoadedModel } from '../contracts/runtime.ts'

export function inVersion(model: LoadedModel, digest: string): LoadedModel {
  const { features, precision, outputs, path, bucket, fallsBack, learner } = model
  return {
    digest,
    features,
    precision,
    outputs,
    path,
    bucket,
    fallsBack,
    ...(learner === undefined ? {} : { learner }),
    score: (columns, rows, places) => model.score(columns, rows, places),
    without: (rows, reason) => model.without(rows, reason),
    close: () => model.close(),
  }
}
