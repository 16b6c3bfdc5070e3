// A definition's file, imported, and what it means: its plan and its compiled schemas.
import { existsSync, realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DefinitionError, MillraceError } from '../base/errors.ts'
import type { Origin } from '../contracts/origin.ts'
import { planOf } from '../pipeline/compile-plan.ts'
import { isPipeline } from '../pipeline/pipeline.ts'
import type { Plan } from '../pipeline/plan.ts'
import { compileSchema } from '../schema/compile-schema.ts'
import type { EventSchema } from '../schema/event-schema.ts'
import { watchedImport, type WatchedModule } from './import-watch.ts'
import { isLocal, originOf, ownEntry } from './provenance/origin-of.ts'

export interface Definition {
  /** Absolute. */
  readonly file: string
  /** Paths of models are relative to it. */
  readonly folder: string
  readonly plan: Plan
  readonly schemas: ReadonlyMap<string, EventSchema>
  /** What the plan was made from. */
  readonly origin: Origin
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
  const { module, graph } = await imported(file)
  const pipeline: unknown =
    typeof module === 'object' && module !== null ? Reflect.get(module, 'default') : undefined
  if (!isPipeline(pipeline)) {
    throw new DefinitionError(
      `${file} must export a pipeline by default; found ${foundIn(module, pipeline)}; write export default pipeline('name')...`,
    )
  }
  const kinds = pipeline['~flow'].predicts.map(({ model }) => model.runtime.spec.kind)
  const origin = originOf(graph, kinds)
  return { file, folder: dirname(file), origin, ...definitionOf(planOf(pipeline, origin)) }
}

async function imported(file: string): Promise<WatchedModule> {
  try {
    // By its real path: so are the modules known that it imports.
    return await watchedImport(pathToFileURL(realpathSync(file)).href, {
      isLocal,
      instead: ownEntry,
    })
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause
    const found = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    throw new DefinitionError(
      `a definition must be a module that can be imported, in TypeScript or JavaScript; found ${firstLine(found)}; ${whatToDo(cause)}`,
      { details: { file, at: placeIn(cause) } },
    )
  }
}

function whatToDo(error: unknown): string {
  const notAModule =
    error instanceof SyntaxError && /outside a module|token 'export'/.test(error.message)
  return notAModule
    ? 'say "type": "module" in the package.json beside it, or let its name end in .mts'
    : 'mend it, or what it imports'
}

/** Where an error was thrown: the head of its trace for wrong syntax, else the first place that is a file. */
function placeIn(error: unknown): string | undefined {
  const trace = error instanceof Error ? (error.stack ?? '') : ''
  return (
    /^(?:file:\/\/)?(\/.+:\d+)$/.exec(firstLine(trace))?.[1] ??
    /file:\/\/(\S+?:\d+(?::\d+)?)\)?$/m.exec(trace)?.[1]
  )
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]
}

function foundIn(module: unknown, pipeline: unknown): string {
  if (pipeline !== undefined)
    return `a default export of type ${typeof pipeline}, not one that begins pipeline('name').from(stream)`
  const names = typeof module === 'object' && module !== null ? Object.keys(module) : []
  return names.length === 0 ? 'no export' : `only ${names.join(', ')}`
}

/** A plan with its schemas, of the streams that are read and of those that are made of them. */
export function definitionOf(plan: Plan): {
  readonly plan: Plan
  readonly schemas: ReadonlyMap<string, EventSchema>
} {
  const schemas = new Map<string, EventSchema>()
  for (const { name, schema } of plan.streams) schemas.set(name, compileSchema(schema, name))
  for (const { name, schema, of, step } of plan.derived) {
    const own = step.kind === 'map' ? undefined : schemas.get(of[0])
    schemas.set(name, own ?? compileSchema(schema, name))
  }
  return { plan, schemas }
}
