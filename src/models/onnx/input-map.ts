// Fits features to the input tensors of a graph: kinds, widths and what stands for a missing value,
// all checked before a row is scored.
import { ModelError } from '../../base/errors.ts'
import type { ColumnKind } from '../../contracts/columns.ts'
import type { FeatureInfo } from '../../contracts/runtime.ts'
import type { MissingPolicy } from './options.ts'
import { tensorText, type TensorInfo } from './signature.ts'
import { isFloat, numberRange, type TensorKind } from './tensor-kind.ts'

/** One feature's place in a tensor. */
export interface Slot {
  readonly name: string
  /** Its place among the features given at load. */
  readonly feature: number
  readonly kind: ColumnKind
  /** First column in the tensor's row. */
  readonly column: number
  readonly width: number
  /** Stands for a missing value, NaN included; undefined: the row is refused. */
  readonly substitute: number | undefined
}

export interface InputTensor {
  readonly name: string
  readonly kind: TensorKind
  /** Values of one row. */
  readonly width: number
  /** Dimensions after the first, the rows. */
  readonly tail: readonly number[]
  /** Rows the graph demands in every run; undefined: any number. */
  readonly fixedRows: number | undefined
  readonly slots: readonly Slot[]
}

export interface InputSources {
  readonly inputs: readonly TensorInfo[]
  readonly order: ReadonlyMap<string, readonly string[]>
  readonly features: readonly FeatureInfo[]
  readonly missing: ReadonlyMap<string, MissingPolicy>
}

/**
 * @throws ModelError ML_MODEL naming feature, tensor, what was expected, what was found and what to
 * do.
 */
export function mapInputs({
  inputs,
  order,
  features,
  missing,
}: InputSources): readonly InputTensor[] {
  const tensors = inputs.map((input) =>
    mapTensor(input, order.get(input.name) ?? [], { features, missing }),
  )
  const used = new Set(tensors.flatMap((tensor) => tensor.slots.map((slot) => slot.name)))
  for (const name of missing.keys()) {
    if (name !== '*' && !used.has(name)) {
      throw new ModelError(
        'ML_MODEL',
        `the option missing names features of the model (${[...used].join(', ')}); found ${name}; correct or remove it`,
      )
    }
  }
  return tensors
}

type Given = Pick<InputSources, 'features' | 'missing'>

function mapTensor(input: TensorInfo, names: readonly string[], given: Given): InputTensor {
  const kind = input.kind
  if (kind === undefined) {
    throw new ModelError(
      'ML_MODEL',
      `the input ${input.name} is a tensor of float32, float64, integers, bool or string; found ${input.type}; ` +
        'cast it inside the graph and export again',
    )
  }
  const shape = input.shape
  if (shape !== undefined && shape.length === 0) {
    throw new ModelError(
      'ML_MODEL',
      `the input ${input.name} has a first dimension for rows; found a scalar; export it with shape [None, features]`,
    )
  }
  const total = shape === undefined ? undefined : staticWidth(shape.slice(1))
  const placed = placeFeatures({ input, kind, names, total, given })
  return {
    name: input.name,
    kind,
    width: placed.width,
    tail: tailOf(shape, placed.width),
    fixedRows: shape?.[0],
    slots: placed.slots,
  }
}

/** Values of a row where no dimension is dynamic. */
function staticWidth(tail: readonly (number | undefined)[]): number | undefined {
  let width = 1
  for (const size of tail) {
    if (size === undefined) return undefined
    width *= size
  }
  return width
}

function tailOf(shape: TensorInfo['shape'], width: number): readonly number[] {
  if (shape === undefined) return [width]
  const tail = shape.slice(1)
  const known = tail.reduce<number>((product, size) => product * (size ?? 1), 1)
  let rest = width / known
  return tail.map((size) => {
    if (size !== undefined) return size
    const here = rest
    rest = 1
    return here
  })
}

interface Placing {
  readonly input: TensorInfo
  readonly kind: TensorKind
  readonly names: readonly string[]
  readonly total: number | undefined
  readonly given: Given
}

function placeFeatures(placing: Placing): {
  readonly slots: readonly Slot[]
  readonly width: number
} {
  const { input, total } = placing
  const parts = placing.names.map((text) => part(placing, text))
  const stated = parts.reduce((sum, { width }) => sum + (width ?? 0), 0)
  const open = parts.filter(({ width }) => width === undefined)
  if (open.length > 1 || (open.length === 1 && total === undefined)) {
    misfit(placing, open[0].info.name, {
      expected: 'a stated width',
      found: 'a vector of unknown width',
      advice: `write '${open[0].info.name}[8]' in inputs`,
    })
  }
  const width = open.length === 1 && total !== undefined ? total : stated
  const known = (input.shape ?? [])
    .slice(1)
    .reduce<number>((product, size) => product * (size ?? 1), 1)
  if (
    (total !== undefined && width !== total) ||
    width <= 0 ||
    stated > width ||
    width % known !== 0
  ) {
    throw new ModelError(
      'ML_MODEL',
      `the tensor ${input.name} is ${tensorText(input)}; found ${stated} values from the features ` +
        `${placing.names.join(', ')}; list as many as the model was trained with, in that order`,
    )
  }
  let column = 0
  const slots = parts.map(({ info, feature, width: own }): Slot => {
    const slot = {
      name: info.name,
      feature,
      kind: info.kind,
      column,
      width: own ?? width - stated,
      substitute: substitute(placing, info),
    }
    column += slot.width
    return slot
  })
  return { slots, width }
}

interface Part {
  readonly info: FeatureInfo
  readonly feature: number
  /** undefined: a vector whose width is what the tensor leaves. */
  readonly width: number | undefined
}

function part(placing: Placing, text: string): Part {
  const { features } = placing.given
  let feature = features.findIndex((info) => info.name === text)
  let width: number | undefined
  if (feature < 0) {
    const match = /^(.+)\[(\d+)\]$/.exec(text)
    if (match !== null)
      feature = features.findIndex((info) => info.name === match[1] && info.kind === 'vector')
    width = match === null ? undefined : Number(match[2])
  }
  const info = features[feature]
  if (info === undefined) {
    misfit(placing, text, {
      expected: `one of ${features.map(({ name }) => name).join(', ')}`,
      found: 'no such feature',
      advice: 'add it to a feature set of the model, or correct the name',
    })
  }
  checkKind(placing, info)
  return { info, feature, width: info.kind === 'vector' ? width : 1 }
}

function checkKind(placing: Placing, info: FeatureInfo): void {
  const { kind } = placing
  const fits =
    info.kind === 'string'
      ? kind === 'string'
      : info.kind === 'boolean'
        ? kind !== 'string'
        : info.kind !== 'json' && kind !== 'string' && kind !== 'bool'
  if (fits) return
  const wanted =
    kind === 'string' ? 'a string' : kind === 'bool' ? 'a boolean' : 'a number, boolean or vector'
  misfit(placing, info.name, {
    expected: `${wanted} (the tensor is ${kind})`,
    found: info.kind,
    advice: 'change the feature, or the type of the tensor',
  })
}

/** The policy as a number; `*` reaches only the features it can stand for. */
function substitute(placing: Placing, info: FeatureInfo): number | undefined {
  const { kind, given } = placing
  const own = given.missing.get(info.name)
  const policy = own ?? given.missing.get('*') ?? 'refuse'
  if (policy === 'refuse') return undefined
  const value = policy === 'nan' ? Number.NaN : policy
  if (fitsKind(value, kind)) return value
  if (own === undefined && (policy === 'nan' || kind === 'string')) return undefined
  misfit(placing, info.name, {
    expected: `a policy that fits ${kind}`,
    found: `missing: ${policy}`,
    advice: "give a number that does, or 'refuse'",
  })
}

function fitsKind(value: number, kind: TensorKind): boolean {
  if (Number.isNaN(value)) return isFloat(kind)
  const { least, greatest } = numberRange(kind)
  return value >= least && value <= greatest && (isFloat(kind) || Number.isInteger(value))
}

interface Misfit {
  readonly expected: string
  readonly found: string
  readonly advice: string
}

function misfit({ input }: Placing, feature: string, { expected, found, advice }: Misfit): never {
  throw new ModelError(
    'ML_MODEL',
    `feature ${feature} of the tensor ${input.name}: expected ${expected}; found ${found}; ${advice}`,
    { details: { feature, tensor: input.name } },
  )
}
