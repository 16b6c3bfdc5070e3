// Several streams as one.
import { checkName, part } from './check.ts'
import { checkStreams, united } from './derived-stream.ts'
import type { Key } from './key.ts'
import { isStream, streamOf, type Stream } from './stream.ts'

/** What `union(name, streams, options)` takes. */
export interface UnionOptions<Event> {
  /** What features are kept by, unless they say otherwise. Default: the key of its streams, where they have the same. */
  key?: (event: Event) => Key
}

/**
 * The events of several streams of one schema, in the order of their times. An event keeps its time, and is late by the rules of the
 * stream it was read in. No topic lies between: it is made where those streams are read.
 * @example
 * const order = z.object({ id: z.string(), customer: z.string(), at: z.iso.datetime() })
 * const of = { schema: order, key: (o: { customer: string }) => o.customer, time: (o: { at: string }) => o.at }
 * const shop = stream('shop-orders', { source: topic('shop'), ...of })
 * const web = stream('web-orders', { source: topic('web'), ...of })
 * const orders = union('orders', [shop, web])
 * @param streams two at least.
 * @throws DefinitionError when schemas differ, keys differ and none is stated, or events of one topic would come in twice.
 */
export function union<const Name extends string, Event>(
  name: Name,
  streams: readonly [Stream<string, Event>, ...Stream<string, NoInfer<Event>>[]],
  options: UnionOptions<NoInfer<Event>> = {},
): Stream<Name, Event> {
  checkName('stream', name)
  checkStreams(part('stream', name), streams, isStream)
  const definitions = streams.map((each) => each['~stream'])
  return streamOf(name, united(name, definitions, options))
}
