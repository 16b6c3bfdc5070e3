// Streams made of streams, behind their types: what a filter, a map and a union mean, checked as they are built.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { checkFunction, checkName, checkOptions, found, frozen, part, refuse } from './check.ts'
import { originDefinitions, type StreamDefinition } from './definitions.ts'
import { eventColumns } from './event-columns.ts'
import { checkedKey } from './feature-set.ts'
import { sameKey } from './same-key.ts'
import { selectorOf } from './selectors.ts'

type Call = (event: never) => unknown

export interface DerivedOptions {
  readonly key?: Call
}

/** @throws DefinitionError that names the stream. */
export function filtered(
  from: StreamDefinition,
  name: string,
  { test, options }: { test: Call; options: DerivedOptions },
): StreamDefinition {
  checkName('stream', name)
  const of = part('stream', name)
  checkFunction(of, 'test', test)
  checkOptions(of, options, ['key'])
  const { columns, plan } = from
  return frozen({
    part: of,
    columns,
    of: [from],
    edge: undefined,
    plan: {
      name,
      of: [plan.name],
      step: { kind: 'filter' as const, test: selectorOf(test) },
      schema: plan.schema,
      key: options.key === undefined ? plan.key : checkedKey(of, options.key, { columns }),
      latenessMs: plan.latenessMs,
    },
  })
}

/** @throws DefinitionError that names the stream. */
export function mapped(
  from: StreamDefinition,
  name: string,
  { to, options }: { to: Call; options: { readonly schema: StandardSchemaV1; readonly key: Call } },
): StreamDefinition {
  checkName('stream', name)
  const of = part('stream', name)
  checkOptions(of, options, ['schema', 'key'])
  const columns = eventColumns(of, options.schema)
  checkFunction(of, 'the function that makes its events', to)
  return frozen({
    part: of,
    columns,
    of: [from],
    edge: undefined,
    plan: {
      name,
      of: [from.plan.name],
      step: { kind: 'map' as const, to: selectorOf(to) },
      schema: options.schema,
      key: checkedKey(of, options.key, { columns }),
      latenessMs: from.plan.latenessMs,
    },
  })
}

/** @throws DefinitionError that names the stream. */
export function united(
  name: string,
  streams: readonly StreamDefinition[],
  options: DerivedOptions,
): StreamDefinition {
  checkName('stream', name)
  const of = part('stream', name)
  checkOptions(of, options, ['key'])
  const [first, ...others] = streams
  if (others.length === 0)
    refuse(of, `a union must be of two streams at least; found ${streams.length}; add another`)
  const { columns, plan } = first
  const alien = others.find((each) => each.plan.schema !== plan.schema)
  if (alien !== undefined) {
    refuse(
      of,
      `the streams of a union must have one schema, the very same; found another in '${alien.plan.name}' than in ` +
        `'${plan.name}'; bring one to the other's with .map(...)`,
    )
  }
  checkOnce(of, streams)
  const rekeyed = others.find((each) => !sameKey(each.plan.key, plan.key))
  if (options.key === undefined && rekeyed !== undefined) {
    refuse(
      of,
      `key must say what the union is kept by, because its streams have different ones; found none; ` +
        `write { key: (event) => ... } after the streams`,
    )
  }
  return frozen({
    part: of,
    columns,
    of: streams,
    edge: undefined,
    plan: {
      name,
      of: streams.map((each) => each.plan.name),
      step: { kind: 'union' as const },
      schema: plan.schema,
      key: options.key === undefined ? plan.key : checkedKey(of, options.key, { columns }),
      latenessMs: Math.max(...streams.map((each) => each.plan.latenessMs)),
    },
  })
}

/** An event that came in twice would be one place of the log with two rows: nothing could say which of them is meant. */
function checkOnce(of: StreamDefinition['part'], streams: readonly StreamDefinition[]): void {
  const through = new Map<StreamDefinition, string>()
  for (const stream of streams) {
    for (const origin of originDefinitions(stream)) {
      const other = through.get(origin)
      if (other !== undefined) {
        refuse(
          of,
          `an event must come into a union once; found '${origin.plan.name}' in both '${other}' and '${stream.plan.name}'; ` +
            'make one stream of it, with a test or a function for both',
        )
      }
      through.set(origin, stream.plan.name)
    }
  }
}

/** Checks that it is a list of streams. */
export function checkStreams(
  of: StreamDefinition['part'],
  streams: unknown,
  isStream: (each: unknown) => boolean,
): void {
  if (!Array.isArray(streams))
    refuse(
      of,
      `a union must be given a list of streams; found ${found(streams)}; write union('all', [a, b])`,
    )
  const wrong: unknown = streams.find((each) => !isStream(each))
  if (streams.every(isStream)) return
  refuse(of, `a union must be of streams; found ${found(wrong)} in its list; give streams alone`)
}
