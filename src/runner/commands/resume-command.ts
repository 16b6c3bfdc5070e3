// `millrace resume MODEL`: ends the quarantine of a version. It is an event in the control topic, which a run that goes on follows.
import { DefinitionError } from '../../base/errors.ts'
import type { Answer, ResumeCommand } from '../../contracts/commands.ts'
import { fileOf, record } from '../control.ts'
import { withPipeline } from '../open-pipeline.ts'
import { quarantinedNow } from '../versions/quarantines.ts'

export async function resume({ model, ...place }: ResumeCommand): Promise<Answer> {
  const file = await fileOf(place)
  // Said already, when the owner of the log ended before it answered.
  let said: { readonly digest: string; readonly hangs: number } | undefined
  return withPipeline({ file, log: place.log }, async ({ log, definition }) => {
    const { pipeline } = definition.plan
    const quarantined = await quarantinedNow(log, pipeline)
    const version = quarantined.find((each) => each.model === model) ?? said
    if (version === undefined) {
      throw new DefinitionError(
        `a model must be quarantined to be resumed; found ${quarantined.map((each) => each.model).join(', ') || 'none'} quarantined in '${pipeline}'; millrace status shows them`,
        { code: 'ML_USAGE' },
      )
    }
    const { digest, hangs } = version
    said = version
    await record(log, { kind: 'resume', pipeline, model, digest, at: Date.now() })
    return {
      ok: true,
      data: { pipeline, model, digest, hangs },
      lines: [
        `model ${model}, version ${digest.slice(0, 16)}, is called again from the next batch on`,
        `it had hung ${hangs} times; it is quarantined again when it hangs too often again`,
      ],
    }
  })
}
