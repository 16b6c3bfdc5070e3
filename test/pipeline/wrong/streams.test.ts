import { describe } from 'vitest'
import { stream } from '../../../src/index.ts'
import { refuses, js, source, streamWith } from './wrong.ts'

describe('a stream that is wrong is refused', () => {
  refuses([
    [
      'a stream without options',
      () => js(stream, 's'),
      "stream 's': options must be an object; found undefined",
    ],
    [
      'a mistyped option',
      () => streamWith({ latness: '1s' }),
      "stream 's': an option must be one of source, schema, key, time, lateness, ahead, idle, late, redact; found 'latness'",
    ],
    [
      'a redacted field that the schema does not have',
      () => streamWith({ redact: ['plcae'] }),
      "stream 's': redact must name fields of the schema; found 'plcae'; correct it",
    ],
    [
      'a redacted field that is no text',
      () => streamWith({ redact: [3] }),
      "stream 's': redact must be a list of fields, such as ['card.number']; found 3",
    ],
    [
      'a redacted key',
      () => streamWith({ redact: ['id'] }),
      "stream 's': redact must leave the key, by which state and receipts are found; found 'id' and a key that is made of it; key the stream by a token in its place",
    ],
    [
      'a redacted field beside a key that a function makes',
      () => streamWith({ redact: ['online'], key: (p: { id: string }) => p.id.trim() }),
      "stream 's': redact must leave the key, by which state and receipts are found; found 'online' and a key that a function makes",
    ],
    [
      'a source that is a text',
      () => streamWith({ source: 'payments' }),
      "stream 's': source must be a topic, a file, or a topic of another cluster; found 'payments'; write source: topic('s')",
    ],
    [
      'a schema that is none',
      () => streamWith({ schema: { type: 'object' } }),
      "stream 's': schema must be a Standard Schema (Zod, Valibot, ArkType ...); found an object; write schema: z.object({ ... })",
    ],
    [
      'no schema',
      () => streamWith({ schema: undefined }),
      "stream 's': schema must be a Standard Schema",
    ],
    [
      'a key that is a text',
      () => streamWith({ key: 'id' }),
      "stream 's': key must be a function; found 'id'; write key: (event) => ...",
    ],
    [
      'a key that is asynchronous',
      () => streamWith({ key: async (p: { id: string }) => p.id }),
      "stream 's': key must give its value at once; found an async function or a generator; make it a plain function",
    ],
    [
      'a key that is a bound function',
      () => streamWith({ key: String.prototype.trim.bind('x') }),
      "stream 's': key must have a source text, because the plan is known by it; found a bound or built-in function; wrap it",
    ],
    [
      'a key the schema does not have',
      () => streamWith({ key: (p: { missing: string }) => p.missing }),
      "stream 's': expected a field of the event; found missing, which the schema does not have; correct the name",
    ],
    [
      'a key that is a boolean',
      () => streamWith({ key: (p: { online: boolean }) => p.online }),
      "stream 's': key must be a string or number; found the field online, a boolean; take another",
    ],
    [
      'a key that is an object',
      () => streamWith({ key: (p: { place: object }) => p.place }),
      "stream 's': expected one value of the event; found the object place; take one of its fields",
    ],
    [
      'a tuple with a field the schema does not have',
      () => streamWith({ key: (p: { id: string; gone: string }) => [p.id, p.gone] }),
      'found gone, which the schema does not have',
    ],
    [
      'a time that is a boolean',
      () => streamWith({ time: (p: { online: boolean }) => p.online }),
      "stream 's': time must be a string or number; found the field online, a boolean",
    ],
    [
      'no time',
      () => streamWith({ time: undefined }),
      "stream 's': time must be a function; found undefined",
    ],
    [
      'a lateness without a unit',
      () => streamWith({ lateness: '10' }),
      "stream 's': lateness must be a number with a unit (ms, s, m, h, d) in whole milliseconds, such as '10s'; found '10'",
    ],
    [
      'a lateness that is a number',
      () => streamWith({ lateness: 10 }),
      "stream 's': lateness must be a text with a number and a unit, such as '10m'; found 10",
    ],
    ['an unknown unit', () => streamWith({ ahead: '1 fortnight' }), "found '1 fortnight'"],
    [
      'an idle of another word',
      () => streamWith({ idle: 'always' }),
      "stream 's': idle, unless 'never', must be a number with a unit",
    ],
    [
      'an idle that is a boolean',
      () => streamWith({ idle: false }),
      "stream 's': idle, unless 'never', must be a text with a number and a unit, such as '10m'; found false",
    ],
    [
      'late events into a text',
      () => streamWith({ late: 'late' }),
      "stream 's': late must be a topic; found 'late'; write late: topic('s.late')",
    ],
    [
      'late events into the source',
      () => streamWith({ late: source }),
      "stream 's': late must be another topic than the source; found 's' for both",
    ],
  ])
})
