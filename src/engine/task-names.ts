// Names of what a pipeline keeps in the log. Part of the format: state is found by name.

/** `_` marks a topic that belongs to Millrace; a user's topic cannot begin with it. */
export function internalTopic(pipeline: string, ...parts: readonly string[]): string {
  return `_${pipeline}.${parts.join('.')}`
}

/** What was decided on a log, whatever pipelines run on it. */
export function controlTopic(): string {
  return internalTopic('millrace', 'control')
}

/** Bytes of models, in chunks, by digest. */
export function artefactsTopic(): string {
  return internalTopic('millrace', 'artefacts')
}

export function commitsTopic(pipeline: string, stage: string): string {
  return internalTopic(pipeline, 'stage', stage, 'commits')
}

/** Whose commits a topic holds; undefined for any other topic. */
export function stageOfCommits(topic: string): { pipeline: string; stage: string } | undefined {
  const [, pipeline, stage] = /^_(.+?)\.stage\.(.+)\.commits$/.exec(topic) ?? []
  return pipeline === undefined ? undefined : { pipeline, stage }
}

export function snapshotsTopic(pipeline: string, stage: string): string {
  return internalTopic(pipeline, 'stage', stage, 'snapshots')
}

/** Rows that enter a stage. */
export function rowsTopic(pipeline: string, stage: string): string {
  return internalTopic(pipeline, 'stage', stage, 'rows')
}

/** Events of another stream that change a set a stage looks up: one topic a stage, so that every lane has one reader. */
export function setTopic(pipeline: string, stage: string, set: string): string {
  return internalTopic(pipeline, 'stage', stage, 'set', set)
}

/** Labels on their way to the join of a model. */
export function labelsTopic(pipeline: string, model: string): string {
  return internalTopic(pipeline, 'model', model, 'labels')
}

/** Predictions on their way to the join of a model. */
export function waitingTopic(pipeline: string, model: string): string {
  return internalTopic(pipeline, 'model', model, 'waiting')
}

/** Predictions that wait for their label, sealed into runs by their join. */
export function runsTopic(pipeline: string, model: string): string {
  return internalTopic(pipeline, 'model', model, 'runs')
}

export function receiptsTopic(pipeline: string): string {
  return internalTopic(pipeline, 'receipts')
}

/** One example a label, revision or expiry. */
export function examplesTopic(pipeline: string, model: string): string {
  return internalTopic(pipeline, 'model', model, 'examples')
}

/** Rows on their way to the task that learns from them without labels: a partition for each task that predicts. */
export function learningTopic(pipeline: string, model: string): string {
  return internalTopic(pipeline, 'model', model, 'learning')
}

/** What its labels said of each prediction, on the way to the task that watches for drift: a partition for each task that joins. */
export function judgedTopic(pipeline: string, model: string): string {
  return internalTopic(pipeline, 'model', model, 'judged')
}

/** Numbers of rows on the way to the task that watches for drift: a partition for each task that predicts. */
export function watchedTopic(pipeline: string, model: string): string {
  return internalTopic(pipeline, 'model', model, 'watched')
}

/** Drifts of all models of a pipeline, one record each. */
export function driftsTopic(pipeline: string): string {
  return `${pipeline}.drifts`
}

/** Snapshots of what a model has learnt, in chunks, by number. */
export function learnerTopic(pipeline: string, model: string): string {
  return internalTopic(pipeline, 'model', model, 'learner')
}

/** Which snapshots there are, and from when on they predict: a partition for each task that predicts. */
export function learntTopic(pipeline: string, model: string): string {
  return internalTopic(pipeline, 'model', model, 'learnt')
}

/** What the supervisors of a pipeline tell of themselves, one record each time. */
export function membersTopic(pipeline: string): string {
  return internalTopic(pipeline, 'members')
}

export function deadLettersTopic(pipeline: string): string {
  return `${pipeline}.dead-letters`
}

/** Dead letters that were tried again: a key each, their origin. Kept for ever: a letter may never be appended twice. */
export function retriesTopic(pipeline: string): string {
  return internalTopic(pipeline, 'retries')
}

export function lateTopic(stream: string, named: string | undefined): string {
  return named ?? `${stream}.late`
}
