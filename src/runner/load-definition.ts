// A definition's file, imported, and what it means: its plan and its compiled schemas.
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DefinitionError } from '../base/errors.ts'
import { planOf } from '../pipeline/compile-plan.ts'
import { isPipeline } from '../pipeline/pipeline.ts'
import type { Plan } from '../pipeline/plan.ts'
import { compileSchema } from '../schema/compile-schema.ts'
import type { EventSchema } from '../schema/event-schema.ts'

export interface Definition {
  /** Absolute. */
  readonly file: string
  /** Paths of models are relative to it. */
  readonly folder: string
  readonly plan: Plan
  readonly schemas: ReadonlyMap<string, EventSchema>
}

/** @throws DefinitionError when there is no such file, it cannot be imported, or its default export is no pipeline. */
export async function loadDefinition(path: string): Promise<Definition> {
  const file = resolve(path)
  if (!existsSync(file)) {
    throw new DefinitionError(
      `a definition's file must exist; found none at ${file}; give the path of a file that exports a pipeline by default`,
      { code: 'ML_USAGE' },
    )
  }
  const module: unknown = await import(pathToFileURL(file).href)
  const pipeline: unknown =
    typeof module === 'object' && module !== null ? Reflect.get(module, 'default') : undefined
  if (!isPipeline(pipeline)) {
    throw new DefinitionError(
      `${file} must export a pipeline by default; found ${pipeline === undefined ? 'no default export' : typeof pipeline}; write export default pipeline('name')...`,
    )
  }
  return { file, folder: dirname(file), ...definitionOf(planOf(pipeline)) }
}

/** A plan with its schemas. */
export function definitionOf(plan: Plan): {
  readonly plan: Plan
  readonly schemas: ReadonlyMap<string, EventSchema>
} {
  return {
    plan,
    schemas: new Map(plan.streams.map(({ name, schema }) => [name, compileSchema(schema, name)])),
  }
}
