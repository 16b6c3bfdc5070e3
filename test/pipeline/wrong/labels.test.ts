import { describe } from 'vitest'
import { z } from 'zod'
import { onnx } from '../../../src/index.ts'
import { refuses, labels, modelWith, labelsWith } from './wrong.ts'

describe('labels that are wrong are refused', () => {
  refuses([
    [
      'labels from no stream',
      () => labelsWith({ from: 'chargebacks' }),
      "model 'm': labels.from must be the stream the labels come from; found 'chargebacks'; give a stream",
    ],
    [
      'labels without label',
      () => labelsWith({ label: undefined }),
      "model 'm': labels.label must be a function; found undefined",
    ],
    [
      'labels without by',
      () => labelsWith({ by: undefined }),
      "model 'm': labels.by must be a function; found undefined",
    ],
    [
      'labels without of',
      () => labelsWith({ of: undefined }),
      "model 'm': labels.of must be a function; found undefined",
    ],
    [
      'labels by a field the stream has not',
      () => labelsWith({ by: (c: { gone: string }) => c.gone }),
      "model 'm': expected a field of the event; found gone",
    ],
    [
      'labels without within',
      () => labelsWith({ within: undefined }),
      "model 'm': labels.within must say how long a label may take; found none; write within: '7d'",
    ],
    [
      'labels within nothing',
      () => labelsWith({ within: '0s' }),
      'labels.within must be longer than nothing',
    ],
    [
      'labels with another default',
      () => labelsWith({ otherwise: 'no' }),
      "labels.otherwise must be a boolean or a finite number; found 'no'",
    ],
    [
      'labels with an unknown option',
      () => labelsWith({ expires: '1d' }),
      "an option must be one of from, by, of, within, label, otherwise, early, judges, measure; found 'expires'",
    ],
    [
      'labels that judge another output',
      () => labelsWith({ judges: 'gone' }),
      "labels.judges must name a number of the output (score); found 'gone'",
    ],
    [
      'labels that do not say which output they judge',
      () =>
        modelWith({
          runtime: onnx('m.onnx', { output: z.object({ a: z.number(), b: z.number() }) }),
          labels,
        }),
      'labels.judges must say which output the label judges; found 2 numbers; name one of a, b',
    ],
  ])
})
