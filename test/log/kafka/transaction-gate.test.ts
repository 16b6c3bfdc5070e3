import { describe, expect, it } from 'vitest'
import { TransactionGate } from '../../../src/log/kafka/transaction-gate.ts'

describe('work that holds the thread', () => {
  /** What happened, in order; each ends when it is told to. */
  function stage() {
    const gate = new TransactionGate()
    const heard: string[] = []
    const run = (name: string, work: PromiseWithResolvers<void>) => async () => {
      heard.push(`${name} begins`)
      await work.promise
      heard.push(`${name} ends`)
    }
    const begin = (how: 'pass' | 'quietly', name: string) => {
      const work = Promise.withResolvers<void>()
      const done = gate[how](run(name, work))
      return { ...work, done }
    }
    const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
    return { heard, begin, settled }
  }

  it('waits for the transactions that are open, and lets none begin before it is done', async () => {
    const { heard, begin, settled } = stage()
    const [a, b] = [begin('pass', 'a'), begin('pass', 'b')]
    const work = begin('quietly', 'work')
    const c = begin('pass', 'c')
    a.resolve()
    await settled()
    expect(heard).toEqual(['a begins', 'b begins', 'a ends'])
    b.resolve()
    await settled()
    expect(heard.slice(3)).toEqual(['b ends', 'work begins'])
    work.resolve()
    c.resolve()
    await Promise.all([work.done, c.done])
    expect(heard.slice(5)).toEqual(['work ends', 'c begins', 'c ends'])
  })

  it('takes turns, also where one of them fails', async () => {
    const { heard, begin, settled } = stage()
    const [first, second, after] = [
      begin('quietly', 'first'),
      begin('quietly', 'second'),
      begin('pass', 'after'),
    ]
    first.reject(new Error('failed'))
    await expect(first.done).rejects.toThrow('failed')
    await settled()
    expect(heard).toEqual(['first begins', 'second begins'])
    second.resolve()
    after.resolve()
    await Promise.all([second.done, after.done])
    expect(heard.slice(2)).toEqual(['second ends', 'after begins', 'after ends'])
  })
})
