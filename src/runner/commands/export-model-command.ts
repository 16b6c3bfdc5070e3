// `millrace export-model`: what a model has learnt in the stream, as an ONNX file.
import { createHash } from 'node:crypto'
import { DefinitionError } from '../../base/errors.ts'
import { countedText, countText } from '../../base/figures.ts'
import { WholeFile } from '../../connectors/file/whole-file.ts'
import type { Answer, ExportModelCommand } from '../../contracts/commands.ts'
import type { RuntimeSpec } from '../../contracts/runtime.ts'
import { LearnerSnapshots, type LearnerSnapshot } from '../../engine/learner-snapshots.ts'
import { isLearning, type LearningModel } from '../../engine/learning-models.ts'
import { learnerTopic } from '../../engine/task-names.ts'
import { exportOnnx } from '../../models/onnx/export-learner.ts'
import type { Plan } from '../../pipeline/plan.ts'
import { withPipeline } from '../open-pipeline.ts'

export async function exportModel(options: ExportModelCommand): Promise<Answer> {
  return withPipeline(options, async ({ log, definition: { plan } }) => {
    const { name: model, learning, factory } = learningModel(plan, options.model)
    const { pipeline } = plan
    const snapshots = new LearnerSnapshots(log, learnerTopic(pipeline, model))
    const snapshot = await snapshotOf(snapshots, { model, wanted: options.snapshot })
    const { features, classes } = learning
    const learner = factory.make({ features: features.length, classes })
    learner.restore(snapshot.bytes)
    const { number, digest, place } = snapshot
    const origin = { pipeline, model, snapshot: number, examples: place.examples }
    const bytes = exportOnnx(learner, { features, origin })
    const { out } = options
    write(out, bytes)
    const data = {
      file: out,
      ...origin,
      learner: learner.kind,
      digest,
      features: [...features],
      bytes: bytes.length,
      content: createHash('sha256').update(bytes).digest('hex'),
    }
    return {
      ok: true,
      data,
      lines: [
        `${out}: model ${model}, a ${learner.kind} that has learnt ${countedText(place.examples, 'example')}`,
        `  snapshot ${countText(number)}, digest ${digest}`,
        `  ${countedText(features.length, 'feature')}, ${countedText(bytes.length, 'byte')}: its names are in the file, onnx(...) needs no inputs`,
      ],
    }
  })
}

interface Chosen extends LearningModel {
  readonly factory: NonNullable<RuntimeSpec['learner']>
}

function learningModel({ pipeline, stages }: Plan, wanted: string | undefined): Chosen {
  const models = stages.flatMap((stage) => stage.models)
  const learning = models.filter(isLearning)
  const only = learning.length === 1 ? learning[0] : undefined
  const chosen = wanted === undefined ? only : learning.find(({ name }) => name === wanted)
  const factory = chosen?.runtime.learner
  if (chosen !== undefined && factory !== undefined) return { ...chosen, factory }
  const names = learning.map(({ name }) => `'${name}'`).join(', ')
  const isThere = models.some(({ name }) => name === wanted)
  throw new DefinitionError(
    wanted === undefined || isThere
      ? `a model that is exported must be one that learns in the stream; found ${names || `none in '${pipeline}'`}${isThere ? `, not '${wanted}', whose file or function is yours already` : ''}; ` +
          (learning.length > 0 ? 'name one with --model' : 'give it the runtime learner(...)')
      : `--model must name a model of '${pipeline}' that learns (${names || 'none does'}); found '${wanted}'; correct it`,
    { code: 'ML_USAGE' },
  )
}

/** @throws DefinitionError where there is none that has learnt anything. */
async function snapshotOf(
  snapshots: LearnerSnapshots,
  { model, wanted }: { readonly model: string; readonly wanted: number | undefined },
): Promise<LearnerSnapshot> {
  const newest = await snapshots.newest()
  const number = wanted ?? newest
  const found =
    number === undefined || newest === undefined || number > newest
      ? undefined
      : await snapshots.read(number)
  if (found !== undefined && found.place.examples > 0) return found
  throw new DefinitionError(
    wanted !== undefined && newest !== undefined && wanted > newest
      ? `--snapshot must be one of model '${model}', whose newest is ${newest}; found ${wanted}; name that of a receipt, or leave it out`
      : `model '${model}' must have learnt something; found a snapshot of nothing; run the pipeline until labels have come and a period of its snapshots has passed`,
    { code: 'ML_USAGE' },
  )
}

function write(path: string, bytes: Uint8Array): void {
  const file = new WholeFile(path)
  try {
    file.add(bytes)
    file.finish()
  } catch (error) {
    file.abandon()
    throw error
  }
}
