// A model that is a function: what it sees, and what becomes of a call that goes wrong.
import { describe, expect, it } from 'vitest'
import type { TextColumn, VectorColumn } from '../../../src/contracts/columns.ts'
import {
  FAILED,
  SCORED,
  type OutputInfo,
  type RuntimeSpec,
  type Scored,
} from '../../../src/contracts/runtime.ts'
import { functionRuntime } from '../../../src/models/function/function-runtime.ts'
import { booleans, numbers, texts, vectors } from '../columns.ts'
import { featuresOf } from '../fixture.ts'

const FEATURES = featuresOf('amount country:string fresh:boolean embedding:vector')
const COLUMNS = [
  numbers([1, undefined]),
  texts(['CH', null]),
  booleans([true, false]),
  vectors([[1, 2], []]),
]
const NONE = new Uint8Array(0)

type Call = NonNullable<RuntimeSpec['call']>

async function scoreWith(
  call: (row: Record<string, unknown>) => unknown,
  outputs: Record<string, OutputInfo['kind']>,
): Promise<Scored> {
  const spec: RuntimeSpec = {
    kind: 'function',
    path: undefined,
    options: { outputs },
    call,
  }
  const model = await functionRuntime().load(NONE, FEATURES, spec)
  return model.score(COLUMNS, 2)
}

describe('a model function', () => {
  it('sees the features of one row, and may spread and print them', async () => {
    const scored = await scoreWith(
      (row) => ({
        text: JSON.stringify({ ...row, embedding: [...(row.embedding as Float64Array)] }),
      }),
      { text: 'string' },
    )
    const { bytes, ends } = scored.outputs[0] as TextColumn
    const rows = [0, 1].map((row) =>
      Buffer.from(bytes.subarray(ends[row], ends[row + 1])).toString(),
    )
    expect(rows).toEqual([
      '{"amount":1,"country":"CH","fresh":true,"embedding":[1,2]}',
      '{"country":null,"fresh":false,"embedding":[]}',
    ])
  })

  it('gives numbers, booleans, strings and vectors', async () => {
    const scored = await scoreWith(
      ({ embedding, fresh }) => ({ n: 1, b: fresh, s: 'é', v: embedding }),
      { n: 'number', b: 'boolean', s: 'string', v: 'vector' },
    )
    expect([...scored.outcome]).toEqual([SCORED, SCORED])
    expect([...(scored.outputs[3] as VectorColumn).ends]).toEqual([0, 2, 2])
    expect(scored.outputs.map(({ kind }) => kind)).toEqual([
      'number',
      'boolean',
      'string',
      'vector',
    ])
  })

  it('fails its row when it throws, and the message does not tell the value', async () => {
    const scored = await scoreWith(
      ({ amount }) => {
        if (amount === 1) throw new RangeError(`cannot score ${amount as number}`)
        return { score: 2 }
      },
      { score: 'number' },
    )
    expect([...scored.outcome]).toEqual([FAILED, SCORED])
    expect(scored.reasons.get(0)).toBe('the model function threw (RangeError)')
  })

  it.each([
    ['a promise', async () => ({ score: 1 }), /found a promise; remove async/],
    [
      'a rejected promise',
      () => Promise.reject(new Error('late')),
      /found a promise; remove async/,
    ],
    ['nothing', () => undefined, /gives an object of outputs; found undefined/],
    ['a value of another kind', () => ({ score: '1' }), /must give a number for the output score/],
    ['NaN', () => ({ score: Number.NaN }), /must give a number for the output score/],
    ['an output too few', () => ({}), /must give a number for the output score/],
  ])('fails its row when it gives %s', async (_what, call, reason) => {
    const scored = await scoreWith(call, { score: 'number' })
    expect([...scored.outcome]).toEqual([FAILED, FAILED])
    expect(scored.reasons.get(1)).toMatch(reason)
  })

  it('can neither write to its features nor keep them', async () => {
    const written = await scoreWith(
      (row) => {
        row.amount = 5
        return { score: 1 }
      },
      { score: 'number' },
    )
    expect(written.reasons.get(0)).toMatch(/feature amount cannot be written/)
    const kept: Record<string, unknown>[] = []
    await scoreWith(
      (row) => {
        kept.push(row)
        return { score: 1 }
      },
      { score: 'number' },
    )
    expect(() => kept[0].amount).toThrow(/read after the call; copy what you need/)
  })

  it('is called before score returns, so that a guard around the call covers it', async () => {
    let calls = 0
    const promise = functionRuntime()
      .load(NONE, FEATURES, {
        kind: 'function',
        path: undefined,
        options: { outputs: { score: 'number' } },
        call: () => ({ score: calls++ }),
      })
      .then((model) => {
        const scored = model.score(COLUMNS, 2)
        expect(calls).toBe(2)
        return scored
      })
    await promise
  })

  it('is refused without its outputs, without itself, and under another text', async () => {
    const runtime = functionRuntime()
    const spec = { kind: 'function', path: undefined, options: { outputs: { score: 'number' } } }
    const call: Call = () => ({ score: 1 })
    await expect(runtime.load(NONE, FEATURES, spec)).rejects.toThrow(/needs the function itself/)
    await expect(runtime.load(NONE, FEATURES, { ...spec, options: {}, call })).rejects.toThrow(
      /write \{ score: 'number' \}/,
    )
    await expect(
      runtime.load(new TextEncoder().encode('() => 2'), FEATURES, { ...spec, call }),
    ).rejects.toThrow(/found another text/)
  })
})
