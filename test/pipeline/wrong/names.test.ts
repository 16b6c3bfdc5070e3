import { describe } from 'vitest'
import { pipeline, topic } from '../../../src/index.ts'
import { card } from '../shop.ts'
import { refuses, js, method, streamWith, setWith, modelWith } from './wrong.ts'

describe('a name or topic that is wrong is refused', () => {
  refuses([
    [
      'a stream without a name',
      () => streamWith({}, ''),
      "the name of a stream must be a letter, then letters, digits, '_' and '-', at most 100; found ''",
    ],
    ['a stream with a blank in its name', () => streamWith({}, 'my stream'), "found 'my stream'"],
    [
      'a stream whose name is no text',
      () => streamWith({}, 7),
      'the name of a stream must be a letter, then letters, digits',
    ],
    [
      'a set with a dot in its name',
      () => setWith({ define: () => ({}) }, 'a.b'),
      "stream 'payments': the name of a feature set must be a letter",
    ],
    ['a set that begins with a digit', () => setWith({ define: () => ({}) }, '1h'), "found '1h'"],
    ['a name that is too long', () => js(pipeline, 'x'.repeat(101)), 'at most 100'],
    ['a model without a name', () => modelWith({}, ''), 'the name of a model must be a letter'],
    [
      'another name with a blank',
      () => method(card, 'as', 'my card'),
      "feature set 'card' of stream 'payments': the name of a feature set",
    ],
    [
      'a feature with a dot in its name',
      () => setWith({ define: (f: object) => ({ 'a.b': method(f, 'count', { over: '1h' }) }) }),
      "feature set 'set' of stream 'payments': the name of a feature must",
    ],
    [
      'a replay that is a number',
      () => js(pipeline, 'p', { replay: 7 }),
      "pipeline 'p': replay must be a text with a number and a unit, such as '10m'; found 7",
    ],
    [
      'receipts without a unit',
      () => js(pipeline, 'p', { receipts: '90' }),
      "pipeline 'p': receipts must be a number with a unit",
    ],
    [
      'an option of a pipeline that there is not',
      () => js(pipeline, 'p', { keep: '7d' }),
      "an option must be one of replay, receipts; found 'keep'",
    ],
    [
      'a topic without a name',
      () => js(topic, ''),
      "the name of a topic must be 1 to 200 letters, digits, '.', '_' and '-', beginning with a letter or digit; found ''; write topic('payments')",
    ],
    ['a topic that looks like an internal one', () => js(topic, '_p.rows'), "found '_p.rows'"],
    [
      'a topic partitioned by something else',
      () => js(topic, 't', { partitionedBy: 'time' }),
      "topic 't': partitionedBy must be 'key'; found 'time'; leave it out",
    ],
    [
      'a topic with an unknown option',
      () => js(topic, 't', { partitions: 4 }),
      "topic 't': an option must be one of partitionedBy; found 'partitions'; correct or remove it",
    ],
  ])
})
