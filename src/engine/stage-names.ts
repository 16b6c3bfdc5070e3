// Names of stages: part of what state is found by.

/** The stage that decodes a stream. */
export function sourceStage(stream: string): string {
  return `source.${stream}`
}

/** The stage that joins a model's labels. */
export function joinStage(model: string): string {
  return `labels.${model}`
}

/** The stage that watches a model for drift: it has one task. */
export function driftStage(model: string): string {
  return `drift.${model}`
}

/** The stage in which a model learns: it has one task. */
export function learningStage(model: string): string {
  return `learning.${model}`
}
