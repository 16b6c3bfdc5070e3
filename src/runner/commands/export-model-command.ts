// `millrace export-model`: what a model has learnt in the stream, as an ONNX file.
import { createHash } from 'node:crypto'
import { DefinitionError } from '../../base/errors.ts'
import { countedText, countText } from '../../base/figures.ts'
import { WholeFile } from '../../connectors/file/whole-file.ts'
import type { Answer, ExportModelCommand } from '../../contracts/commands.ts'
import type { RuntimeSpec } from '../../contracts/runtime.ts'
import { isLearning, type LearningModel } from '../../engine/learning-models.ts'
import { exportOnnx } from '../../models/onnx/export-learner.ts'
import type { Plan } from '../../pipeline/plan.ts'
import { withPipeline } from '../open-pipeline.ts'
import { learntSnapshot } from '../versions/learnt-snapshot.ts'

export async function exportModel(options: ExportModelCommand): Promise<Answer> {
  return withPipeline(options, async ({ log, definition: { plan } }) => {
    const { name: model, learning, factory } = learningModel(plan, options.model)
    const { pipeline } = plan
    const of = { pipeline, model, option: '--snapshot', wanted: options.snapshot }
    const snapshot = await learntSnapshot(log, of)
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
