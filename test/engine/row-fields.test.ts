import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { setInputs } from '../../src/engine/row-fields.ts'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import { pipeline, stream, topic } from '../../src/index.ts'
import { compileSchema } from '../../src/schema/compile-schema.ts'

const Event = z.object({ id: z.string(), a: z.number(), b: z.number() })
const events = stream('events', {
  source: topic('events'),
  schema: Event,
  key: (event) => event.id,
  time: (event) => event.a,
})
type Event = z.infer<typeof Event>

/** Functions of equal text that close over different names. */
const doubled =
  (name: 'a' | 'b') =>
  (event: Event): number =>
    event[name] * 2

describe('what the functions of a set give', () => {
  it('travels once for features that share a function or a field, and apart where texts are equal and functions are not', () => {
    const twice = doubled('a')
    const set = events.features('set', {
      keep: 'forever',
      define: (f) => ({
        mean1h: f.mean((event) => event.a, { over: '1h' }),
        count1h: f.count({ over: '1h' }),
        mean2h: f.mean((event) => event.a, { over: '2h' }),
        twice1h: f.sum(twice, { over: '1h' }),
        twice2h: f.sum(twice, { over: '2h' }),
        other1h: f.sum(doubled('b'), { over: '1h' }),
        last: f.last((event) => event.id),
      }),
    })
    const { stages } = planOf(
      pipeline('p')
        .from(events)
        .features(set)
        .emit(topic('out'), () => 1),
    )
    const { fields, places } = setInputs(stages[0].own[0].set, compileSchema(Event, 'events'))
    expect(fields).toEqual([
      { name: 'mean1h', kind: 'number' },
      { name: 'twice1h', kind: 'number' },
      { name: 'other1h', kind: 'number' },
      { name: 'last', kind: 'string' },
    ])
    expect(places).toEqual([0, 0, 1, 1, 2, 3])
  })
})
