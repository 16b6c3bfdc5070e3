// Wrong chains. Each must not compile; what stands behind the mark must be in the message.
import { pipeline, topic } from '../../../src/index.ts'
import { order, orders, returns, score, shop, twin, wide } from './parts.ts'

const start = pipeline('p').from(orders)
const ready = start.features(order)

// @ts-expect-error 'shop' has features of the stream 'shops': say by which key to look it up, .features(set, { by: (event) => ... })
ready.features(shop)

// @ts-expect-error 'order' has features of the stream 'orders': say by which key to look it up
pipeline('p').from(returns).features(order)

// @ts-expect-error call .features(...) with 'order' before .predict(...)
start.predict(score)

// @ts-expect-error call .features(...) with 'shop' before .predict(...)
ready.predict(wide)

// @ts-expect-error call .features(...) with 'order' before .predict(...)
start.features(twin).predict(score)

const returned = pipeline('p')
  .from(returns)
  .features(order, { by: (e) => e.id })
// @ts-expect-error this model is for the stream 'orders'; predict on that one, or define a model for 'returns'
returned.predict(score)

// @ts-expect-error Property 'probability' does not exist on type '{ score: number; }'
ready.predict(score).when(({ prediction }) => prediction.probability > 1, topic('x'))

// @ts-expect-error two feature sets both have 'n'
ready.features(twin)

// @ts-expect-error two feature sets both have
ready.features(twin, { by: (e) => e.text })

// @ts-expect-error a second model needs a name: .predict(model, { as })
ready.predict(score).predict(score)

// @ts-expect-error there is a prediction 'twice' already; choose another name in { as }
ready.predict(score, { as: 'twice' }).predict(score, { as: 'twice' })

// @ts-expect-error Type 'Promise<{ id: string; }>' is not assignable to type 'Json'
ready.emit(topic('x'), async ({ event }) => ({ id: event.id }))

// @ts-expect-error Type 'Date' is not assignable to type
ready.emit(topic('x'), ({ event }) => ({ at: new Date(event.at) }))

// @ts-expect-error Property 'prediction' does not exist on type
ready.emit(topic('x'), ({ prediction }) => ({ score: prediction }))

// @ts-expect-error Property 'features' does not exist on type 'Flow<
ready.predict(score).features(shop, { by: (e) => e.n })

// @ts-expect-error Type 'Date' is not assignable to type 'Key'
ready.features(shop, { by: (e) => new Date(e.at) })

// @ts-expect-error 'wiat' does not exist in type
ready.features(shop, { by: (e) => e.n, wiat: '1s' })

// @ts-expect-error Expected at least 2 arguments
ready.when(({ features }) => features.n > 1)
