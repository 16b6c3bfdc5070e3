// What the tests of wrong definitions share. Parts are untyped on purpose: JavaScript has no types to stop it.
import { expect, it } from 'vitest'
import { DefinitionError, functionModel, model, onnx, stream, topic } from '../../../src/index.ts'
import { card, chargebacks, Payment, payments, rule } from '../shop.ts'

/** What is wrong, how it is built, and a part of what a person then reads. */
export type Wrong = readonly [what: string, build: () => unknown, message: string]

export function refuses(wrong: readonly Wrong[]): void {
  it.each(wrong)('%s', (_, build, message) => {
    let error: unknown
    try {
      build()
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(DefinitionError)
    expect(error).toMatchObject({
      code: 'ML_DEFINITION',
      message: expect.stringContaining(message),
    })
  })
}

/** Calls a function as JavaScript would. */
export function js(call: unknown, ...args: readonly unknown[]): unknown {
  if (typeof call !== 'function') throw new TypeError('the test itself is wrong: no function')
  return Reflect.apply(call, undefined, args)
}

/** Calls a method as JavaScript would. */
export function method(of: object, name: string, ...args: readonly unknown[]): unknown {
  return Reflect.apply(Reflect.get(of, name), of, args)
}

export const source = topic('s')
const good = {
  source,
  schema: Payment,
  key: (p: { id: string }) => p.id,
  time: (p: { at: number }) => p.at,
}

/** A good stream but for these options. */
export function streamWith(options: object, name: unknown = 's'): unknown {
  return js(stream, name, { ...good, ...options })
}

export function setWith(options: unknown, name: unknown = 'set'): unknown {
  return method(payments, 'features', name, options)
}

/** A set of one feature, `x`. */
export function featureWith(feature: (f: object) => unknown, more: object = {}): unknown {
  return setWith({ define: (f: object) => ({ x: feature(f) }), ...more })
}

const amount = (p: { amount: number }): number => p.amount

/** A set of one window, `x`. */
export function windowWith(aggregate: string, options: unknown, of: unknown = amount): unknown {
  return featureWith((f) =>
    aggregate === 'count' ? method(f, 'count', options) : method(f, aggregate, of, options),
  )
}

export const labels = {
  from: chargebacks,
  by: (c: { payment: string }): string => c.payment,
  of: (p: { id: string }): string => p.id,
  within: '7d',
  label: (): boolean => true,
}

/** A good model but for these options. */
export function modelWith(options: object, name: unknown = 'm'): unknown {
  return js(model, name, { of: payments, input: [card], runtime: rule, ...options })
}

export function labelsWith(options: object): unknown {
  return modelWith({ labels: { ...labels, ...options } })
}

export function onnxWith(options: object, path: unknown = 'm.onnx'): unknown {
  return js(onnx, path, options)
}

export function functionWith(call: unknown, options: object): unknown {
  return js(functionModel, call, options)
}
