import { describe } from 'vitest'
import { bandit, learner } from '../../../src/index.ts'
import {
  linUcb,
  logisticRegression,
  standardScaler,
  thompson,
} from '../../../src/learning/index.ts'
import { Score } from '../shop.ts'
import { js, labels, modelWith, refuses } from './wrong.ts'

const actions = ['mail', 'call']

function choosing(options: object): unknown {
  return modelWith({ runtime: bandit(thompson(), { actions }), ...options })
}

describe('a bandit that is wrong is refused', () => {
  refuses([
    [
      'a preparation alone',
      () => js(bandit, standardScaler(), { actions }),
      "runtime 'bandit': what chooses must be a bandit of millrace/learning, a preparation only within pipe(...); found an object",
    ],
    [
      'a learner',
      () => js(bandit, logisticRegression(), { actions }),
      'what chooses must be a bandit of millrace/learning',
    ],
    [
      'a bandit as a learner',
      () => js(learner, thompson(), { output: Score }),
      "runtime 'learner thompson': what learns must give classes, numbers, scores or clusters; found one that chooses (thompson); write bandit(...)",
    ],
    [
      'no actions',
      () => js(bandit, thompson(), {}),
      "runtime 'bandit thompson': actions must list at least two; found undefined; write actions: ['mail', 'call']",
    ],
    [
      'one action',
      () => js(bandit, thompson(), { actions: ['mail'] }),
      'actions must list at least two',
    ],
    [
      'an action twice',
      () => js(bandit, thompson(), { actions: ['mail', 'mail'] }),
      "actions must be texts, none empty and each once; found 'mail' twice",
    ],
    [
      'an action that is a number',
      () => js(bandit, thompson(), { actions: ['mail', 3] }),
      'actions must be texts, none empty and each once; found 3;',
    ],
    [
      'an action that no receipt could hold',
      () => js(bandit, thompson(), { actions: ['mail', '\ud800'] }),
      'actions must be texts',
    ],
    [
      'more actions than it can weigh',
      () => js(bandit, thompson(), { actions: Array.from({ length: 1001 }, (_, i) => `a${i}`) }),
      "thompson: expected 'arms' to be a whole number of at least 2 of at most 1000, found 1001",
    ],
    [
      'a fallback that is no action',
      () => js(bandit, thompson(), { actions, fallback: 'none' }),
      "fallback must be one of the actions (mail, call); found 'none'",
    ],
    [
      'a seed that is none',
      () => js(bandit, thompson(), { actions, seed: -1 }),
      'seed must be a whole number from 0 to 2^32 - 1; found -1',
    ],
    [
      'an unknown option',
      () => js(bandit, thompson(), { actions, epsilon: 0.1 }),
      "an option must be one of actions, inputs, snapshot, wait, seed, fallback, deadline; found 'epsilon'",
    ],
    [
      'a setting beyond what it may be',
      () => js(bandit, linUcb({ epsilon: 2 }), { actions }),
      "lin-ucb: expected 'epsilon' to be a number of at least 0 of at most 1, found 2",
    ],
    [
      'inputs twice',
      () => js(bandit, linUcb(), { actions, inputs: ['a', 'a'] }),
      'inputs must list features, each once',
    ],
    [
      'no labels',
      () => choosing({}),
      "model 'm': a model that learns classes, numbers or rewards must have labels to learn from",
    ],
    [
      'labels that judge an output',
      () => choosing({ labels: { ...labels, label: () => 1, judges: 'propensity' } }),
      'labels.judges must be left out of a bandit, whose labels are what its choices earned',
    ],
    [
      'labels that say how they measure',
      () => choosing({ labels: { ...labels, label: () => 1, measure: 'numbers' } }),
      'labels.measure must be left out of a learner',
    ],
  ])
})
