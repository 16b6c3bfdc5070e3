// Wrong tests of a pipeline. Each must not compile; what stands behind the mark must be in the message.
import { model } from '../../../src/index.ts'
import { events, simulate, stub, type SimulatedRun } from '../../../src/testing/index.ts'
import { order, orders, rule, shop } from './parts.ts'

const risk = model('risk', { of: orders, input: [order], runtime: rule })
const run: (of: (run: SimulatedRun) => void) => void = () => undefined

// @ts-expect-error Type 'string' is not assignable to type 'number'
events(orders, [{ id: 'o1', shop: 1, n: 'many', text: '', at: 1 }])

// @ts-expect-error is missing the following properties from type
events(orders, [{ id: 'o1' }])

// @ts-expect-error Type 'string' is not assignable to type 'number'
stub(risk, () => ({ score: 'high' }))

// @ts-expect-error 'scor' does not exist in type
run((each) => each.expectPredictions(risk, [{ output: { scor: 0.5 } }]))

// @ts-expect-error 'busi' does not exist in type
run((each) => each.expectFeatures(shop, 1, { busi: 1 }))

// @ts-expect-error 'outcom' does not exist in type
run((each) => each.expectExamples(risk, [{ outcom: 'joined' }]))

// @ts-expect-error 'partition' does not exist in type 'SimulateOptions'
void simulate(undefined as never, [], { partition: 2 })
