// Fits the outputs of a graph to the outputs of a prediction. The width of a tensor is what a run
// gave, not what the file claims.
import { ModelError } from '../../base/errors.ts'
import type { OutputInfo } from '../../contracts/runtime.ts'
import { tensorText, type TensorInfo } from './signature.ts'
import type { TensorKind } from './tensor-kind.ts'

/** An output tensor that is fetched, and the column of it that is meant. */
export interface OutputChoice {
  readonly name: string
  readonly tensor: string
  readonly kind: TensorKind
  /** undefined: the whole row of the tensor. */
  readonly column: number | undefined
}

export interface OutputSlot extends OutputChoice {
  /** Values of one row of the tensor. */
  readonly width: number
  readonly info: OutputInfo
}

/** @throws ModelError ML_MODEL when an output is no tensor, or is not there. */
export function chooseOutputs(
  outputs: readonly TensorInfo[],
  stated: ReadonlyMap<string, string> | undefined,
): readonly OutputChoice[] {
  const wanted = stated ?? new Map(outputs.map(({ name }) => [name, name]))
  return [...wanted].map(([name, text]) => {
    const match = /^(.+)\[(\d+)\]$/.exec(text)
    const whole = outputs.some((output) => output.name === text)
    const tensor = whole || match === null ? text : match[1]
    const info = outputs.find((output) => output.name === tensor)
    if (info === undefined) {
      throw new ModelError(
        'ML_MODEL',
        `output ${name}: expected one of ${outputs.map((output) => `${output.name} ${tensorText(output)}`).join(', ')}; ` +
          `found ${text}; correct onnx(file, { outputs: { ${name}: 'tensor[column]' } })`,
      )
    }
    return {
      name,
      tensor,
      kind: supported(name, info),
      column: whole || match === null ? undefined : Number(match[2]),
    }
  })
}

function supported(name: string, info: TensorInfo): TensorKind {
  if (info.kind !== undefined) return info.kind
  throw new ModelError(
    'ML_MODEL',
    `output ${name}: expected a tensor of numbers, booleans or strings; found ${info.type}; ` +
      'cast it inside the graph, or name only other tensors in onnx(file, { outputs })',
  )
}

/**
 * @throws ModelError ML_MODEL when a column is outside the tensor, or a row of it is no value an
 * output can be.
 */
export function outputSlot(choice: OutputChoice, width: number): OutputSlot {
  const { name, tensor, kind, column } = choice
  if (column !== undefined && column >= width) {
    throw new ModelError(
      'ML_MODEL',
      `output ${name}: expected a column of ${tensor}, which has ${width}; found ${tensor}[${column}]; columns count from 0`,
    )
  }
  const scalar = column !== undefined || width === 1
  if (!scalar && (kind === 'string' || kind === 'bool')) {
    throw new ModelError(
      'ML_MODEL',
      `output ${name}: expected one ${kind} a row; found ${width} in ${tensor}; choose one: outputs: { ${name}: '${tensor}[0]' }`,
    )
  }
  const valueKind = kind === 'string' ? 'string' : kind === 'bool' ? 'boolean' : 'number'
  return {
    ...choice,
    width,
    column: scalar ? (column ?? 0) : undefined,
    info: { name, kind: scalar ? valueKind : 'vector' },
  }
}
