import { describe } from 'vitest'
import { file, pipeline } from '../../../src/index.ts'
import { payments } from '../shop.ts'
import { js, method, refuses, streamWith } from './wrong.ts'

const emitted = (to: unknown): unknown => {
  const flow = pipeline('p').from(payments)
  return method(flow, 'emit', to, () => ({}))
}

describe('a file that is wrong is refused', () => {
  refuses([
    ['no path', () => js(file, 7), 'a file must be given as its path, or a list of paths; found 7'],
    ['an empty list', () => js(file, []), 'a list of paths; found an empty list'],
    [
      'a mistyped option',
      () => js(file, 'a.csv', { seperator: ';' }),
      "file 'a.csv': an option must be one of topic, format, delimiter, columns, timestamps, strict, end; found 'seperator'",
    ],
    [
      'a file twice',
      () => file(['a.csv', 'a.csv']),
      "a file must be read once; found 'a.csv' twice",
    ],
    [
      'a long delimiter',
      () => file('a.csv', { delimiter: '||' }),
      'delimiter must be one character',
    ],
    [
      'another format',
      () => js(file, 'a.csv', { format: 'xml' }),
      "format must be 'csv' or 'jsonl' or 'parquet'; found 'xml'",
    ],
    [
      'columns that are a text',
      () => js(file, 'a.csv', { columns: 'a' }),
      'columns must be a list of names',
    ],
    ['a source of no known format', () => streamWith({ source: file('a.xls') }), "found 'a.xls'"],
    [
      'a source of a topic of Millrace',
      () => streamWith({ source: file('a.csv', { topic: '_x' }) }),
      "found '_x'",
    ],
    [
      'an output of two files',
      () => emitted(file(['a.jsonl', 'b.jsonl'])),
      'an output must be one file; found 2',
    ],
    [
      'an output that is compressed',
      () => emitted(file('a.csv.gz')),
      "a file that is written must not be compressed as a whole; found 'a.csv.gz'",
    ],
    [
      'an output with options of reading',
      () => emitted(file('a.csv', { delimiter: ';', timestamps: 'ms' })),
      "of CSV columns and delimiter; found timestamps of 'a.csv'",
    ],
    [
      'an output with options of another format',
      () => emitted(file('a.jsonl', { delimiter: ';' })),
      "found delimiter of 'a.jsonl'",
    ],
    ['an output whose name is no topic', () => emitted(file('out/+.jsonl')), "found '+'"],
  ])
})
