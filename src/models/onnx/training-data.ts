// The `millrace.dataset` of a model's metadata. It is written into every receipt, so that only what is known of it is taken.
import { ModelError } from '../../base/errors.ts'
import type { TrainingData } from '../../contracts/training-data.ts'

const RANGES_MAX = 1024

/** undefined where the model says nothing. @throws ModelError ML_MODEL for what names no training set. */
export function trainingData(metadata: string | undefined): TrainingData | undefined {
  if (metadata === undefined) return undefined
  const value = parsed(metadata)
  if (!isObject(value)) refuse('something else')
  const { digest, as, ranges = [] } = value
  if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest)) refuse('no digest')
  if (!Array.isArray(ranges) || ranges.length > RANGES_MAX || !ranges.every(isRange))
    refuse('other ranges')
  return {
    digest,
    ...(as === 'served' || as === 'ideal' ? { as } : {}),
    ranges: ranges.map(({ topic, partition, first, last }) => ({ topic, partition, first, last })),
  }
}

function isRange(value: unknown): value is TrainingData['ranges'][number] {
  if (!isObject(value) || typeof value.topic !== 'string' || value.topic.length > 256) return false
  return [value.partition, value.first, value.last].every(
    (each) => typeof each === 'number' && Number.isSafeInteger(each) && each >= 0,
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refuse(found: string): never {
  throw new ModelError(
    'ML_MODEL',
    `expected millrace.dataset in the model's metadata as the training set says it: a JSON object with its digest and ranges; found ${found}; ` +
      'copy it from the metadata of the Parquet file, or leave it out',
  )
}
