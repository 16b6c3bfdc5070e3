// A model that is a pure function of the features, row by row: for rules, baselines and tests. It
// must be called within the call of `score`, before anything is awaited, so that the caller's guard
// on impure calls covers it.
import { createHash } from 'node:crypto'
import { MillraceError, ModelError } from '../../base/errors.ts'
import type { Column } from '../../contracts/columns.ts'
import type {
  FeatureInfo,
  LoadedModel,
  OutputInfo,
  Runtime,
  RuntimeSpec,
  Scored,
} from '../../contracts/runtime.ts'
import { checkFallback, parseFallback, type Fallback } from '../fallback.ts'
import { OutputTable } from '../output-table.ts'
import { RowOutcomes, unscored } from '../row-outcomes.ts'
import { FeatureView } from './feature-view.ts'

const KINDS: ReadonlySet<unknown> = new Set(['number', 'boolean', 'string', 'vector'])

/**
 * The runtime of a function in the definition (`spec.call`). It gets the features by name
 * (undefined where absent, null where
 * null) and gives an object of outputs. Options: `outputs` (kind by name, required), `fallback`
 * (none). The digest is that of
 * the function's text; `bytes` are that text, or empty. A row whose call throws, or gives no value
 * of the stated kind, is FAILED.
 */
export function functionRuntime(): Runtime {
  return {
    kind: 'function',
    load: async (bytes, features, spec) => loadFunction(bytes, features, spec),
  }
}

function loadFunction(
  bytes: Uint8Array,
  features: readonly FeatureInfo[],
  spec: RuntimeSpec,
): LoadedModel {
  const call = spec.call
  if (call === undefined) {
    throw new ModelError(
      'ML_MODEL',
      'a runtime of kind function needs the function itself; found none; give it in the definition',
    )
  }
  const text = new TextEncoder().encode(call.toString())
  if (bytes.length > 0 && Buffer.compare(bytes, text) !== 0) {
    throw new ModelError(
      'ML_MODEL',
      'the function must be the one whose text was registered; found another text; deploy the definition that holds it',
    )
  }
  const outputs = outputsOf(spec.options.outputs)
  const fallback = parseFallback(spec.options.fallback)
  checkFallback(fallback, outputs)
  return new FunctionModel({
    call: call as (features: unknown) => unknown,
    digest: createHash('sha256').update(text).digest('hex'),
    features,
    outputs,
    fallback,
  })
}

function outputsOf(value: unknown): readonly OutputInfo[] {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (
    entries.length === 0 ||
    !entries.every((entry): entry is [string, OutputInfo['kind']] => KINDS.has(entry[1]))
  ) {
    throw new ModelError(
      'ML_MODEL',
      'the option outputs of a function names each output and its kind; found none, or another kind; ' +
        "write { score: 'number' } (number, boolean, string or vector)",
    )
  }
  return entries.map(([name, kind]) => ({ name, kind }))
}

interface FunctionParts {
  readonly call: (features: unknown) => unknown
  readonly digest: string
  readonly features: readonly FeatureInfo[]
  readonly outputs: readonly OutputInfo[]
  readonly fallback: Fallback | undefined
}

class FunctionModel implements LoadedModel {
  readonly digest: string
  readonly features: readonly string[]
  readonly precision = 'float64'
  readonly outputs: readonly OutputInfo[]
  readonly path = 'function, row by row'
  readonly bucket = 1
  readonly fallsBack: boolean
  readonly #call: (features: unknown) => unknown
  readonly #view: FeatureView
  readonly #fallback: Fallback | undefined

  constructor(parts: FunctionParts) {
    this.digest = parts.digest
    this.features = parts.features.map(({ name }) => name)
    this.outputs = parts.outputs
    this.#call = parts.call
    this.#view = new FeatureView(parts.features)
    this.#fallback = parts.fallback
    this.fallsBack = parts.fallback !== undefined
  }

  async score(features: readonly Column[], rows: number): Promise<Scored> {
    const outcomes = new RowOutcomes(rows)
    const table = new OutputTable(this.outputs, rows)
    for (let row = 0; row < rows; row++) {
      this.#view.point(features, row)
      try {
        this.#take(this.#call(this.#view.value), row, { table, outcomes })
      } catch (error) {
        // The message may hold values of the event; a message of Millrace itself never does.
        const what =
          error instanceof MillraceError
            ? `: ${error.message}`
            : error instanceof Error
              ? ` (${error.name})`
              : ''
        outcomes.fail(row, `the model function threw${what}`)
      }
    }
    this.#view.leave()
    return outcomes.finish(table, this.outputs, this.#fallback)
  }

  without(rows: number, reason: string): Scored {
    return unscored(rows, reason, { outputs: this.outputs, fallback: this.#fallback })
  }

  async close(): Promise<void> {}

  #take(
    result: unknown,
    row: number,
    { table, outcomes }: { table: OutputTable; outcomes: RowOutcomes },
  ): void {
    if (typeof result !== 'object' || result === null) {
      outcomes.fail(
        row,
        `a model function gives an object of outputs; found ${result === null ? 'null' : typeof result}`,
      )
      return
    }
    if (result instanceof Promise) {
      // Its rejection would end the process; the row has failed already.
      result.catch(() => undefined)
      outcomes.fail(
        row,
        'a model function gives its outputs at once; found a promise; remove async',
      )
      return
    }
    for (let i = 0; i < this.outputs.length; i++) {
      const { name, kind } = this.outputs[i]
      const value: unknown = Reflect.get(result, name)
      if (!writeValue(value, kind, { table, output: i, row })) {
        outcomes.fail(
          row,
          `the model function must give a ${kind} for the output ${name} (numbers finite)`,
        )
      }
    }
  }
}

interface Cell {
  readonly table: OutputTable
  readonly output: number
  readonly row: number
}

/** @returns false when the value is not of that kind. */
function writeValue(
  value: unknown,
  kind: OutputInfo['kind'],
  { table, output, row }: Cell,
): boolean {
  if (kind === 'number' && typeof value === 'number' && Number.isFinite(value))
    table.number(output, row, value)
  else if (kind === 'boolean' && typeof value === 'boolean')
    table.number(output, row, value ? 1 : 0)
  else if (kind === 'string' && typeof value === 'string') table.text(output, row, value)
  else if (kind === 'vector' && isNumbers(value)) {
    const at = table.reserve(output, row, value.length)
    table.vectors(output).set(value, at)
  } else return false
  return true
}

function isNumbers(value: unknown): value is ArrayLike<number> {
  return (
    (Array.isArray(value) || value instanceof Float64Array || value instanceof Float32Array) &&
    value.every((each: unknown) => Number.isFinite(each))
  )
}
