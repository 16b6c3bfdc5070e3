import { describe } from 'vitest'
import { z } from 'zod'
import { learner } from '../../../src/index.ts'
import {
  linearRegression,
  logisticRegression,
  softmaxRegression,
  standardScaler,
} from '../../../src/learning/index.ts'
import { Score } from '../shop.ts'
import { refuses, js, modelWith } from './wrong.ts'

const scoring = { output: Score }

describe('a learner that is wrong is refused', () => {
  refuses([
    [
      'a preparation alone',
      () => js(learner, standardScaler(), scoring),
      "runtime 'learner': what learns must be made by millrace/learning, a preparation only within pipe(...); found an object",
    ],
    [
      'a setting beyond what it may be',
      () => js(learner, logisticRegression({ l2: -1 }), scoring),
      'l2',
    ],
    [
      'an unknown option',
      () => js(learner, logisticRegression(), { ...scoring, learn: true }),
      "runtime 'learner logistic-regression': an option must be one of output, outputs, inputs, classes, snapshot, wait, fallback, deadline; found 'learn'",
    ],
    [
      'more classes than it knows',
      () => js(learner, logisticRegression(), { ...scoring, classes: 3 }),
      'classes must be 2 for this learner; found 3; take one for more classes, such as softmaxRegression()',
    ],
    [
      'classes of numbers',
      () => js(learner, linearRegression(), { ...scoring, classes: 2 }),
      'classes must be left out where labels are no classes; found 2; remove it',
    ],
    [
      'a period of nothing',
      () => js(learner, logisticRegression(), { ...scoring, snapshot: '0ms' }),
      "snapshot must be longer than nothing; found '0ms'",
    ],
    [
      'an output that it does not give',
      () => js(learner, softmaxRegression(), { ...scoring, classes: 3 }),
      "outputs.score must say what of the learner it is, label, probabilities[0], probabilities[1], probabilities[2]; found 'score'",
    ],
    [
      'an output for no field',
      () => js(learner, logisticRegression(), { ...scoring, outputs: { gone: 'label' } }),
      "outputs must name fields of the output's schema (score); found 'gone'; correct it",
    ],
    [
      'an output that is a text',
      () => js(learner, logisticRegression(), { output: z.object({ score: z.string() }) }),
      "an output must be a number or a list of numbers; found 'score'",
    ],
    [
      'a feature twice',
      () => js(learner, logisticRegression(), { ...scoring, inputs: ['amount', 'amount'] }),
      "inputs must list features, each once; found a list; write inputs: ['amount', ...]",
    ],
    [
      'a feature the model has not',
      () => modelWith({ runtime: learner(logisticRegression(), { ...scoring, inputs: ['gone'] }) }),
      "model 'm': inputs of its runtime must name its features; found 'gone'; it has amount, count1h",
    ],
    [
      'a model that learns from nothing',
      () => modelWith({ runtime: learner(logisticRegression(), scoring) }),
      "model 'm': a model that learns classes, numbers or rewards must have labels to learn from; found none; write labels:",
    ],
  ])
})
