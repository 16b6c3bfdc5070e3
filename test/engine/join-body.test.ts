import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  countsOf,
  EARLY,
  join,
  labelPlan,
  openJoin,
  reopen,
  short,
  WITHIN,
  type JoinStep,
} from './join-fixture.ts'

const END = { steps: [], progress: Infinity }

/** What a join that sees these rows, then nothing, says in short. */
function outcomes(steps: readonly JoinStep[], otherwise?: number): string[] {
  return join(openJoin(labelPlan(otherwise)), { steps }).map(short)
}

describe('the join of labels to predictions', () => {
  it('joins a label to the prediction of its id, and to no other', () => {
    expect(
      outcomes([
        { id: 'a', at: 10, score: 0.25 },
        { id: 'b', at: 11, score: 0.5 },
        { id: 'a', at: 20, label: 1 },
      ]),
    ).toEqual(['joined a 1@20 0.25#0'])
  })

  it('joins a label that came before its prediction', () => {
    const early = [
      { id: 'a', at: 10, label: 1 },
      { id: 'a', at: 10 + EARLY, score: 0.25 },
    ]
    expect(outcomes(early)).toEqual(['joined a 1@10 0.25#1'])
  })

  it('takes the label first where both have the same time', () => {
    const both = [
      { id: 'a', at: 10, score: 0.25 },
      { id: 'a', at: 10, label: 1 },
    ]
    expect(outcomes(both)).toEqual(['joined a 1@10 0.25#0'])
  })

  it('revises a label that comes again with another value, and counts the same one as a duplicate', () => {
    expect(
      outcomes([
        { id: 'a', at: 10, score: 0.25 },
        { id: 'a', at: 20, label: 1 },
        { id: 'a', at: 21, label: 1 },
        { id: 'a', at: 22, label: 0 },
        { id: 'a', at: 23, label: 0 },
      ]),
    ).toEqual([
      'joined a 1@20 0.25#0',
      'duplicate a 1@20 0.25#0',
      'revised a 0@22 0.25#0',
      'duplicate a 0@22 0.25#0',
    ])
  })

  it('measures a revised label in the place of the one before', () => {
    const revised = openJoin(labelPlan())
    const direct = openJoin(labelPlan())
    const first = { id: 'a', at: 10, score: 0.25 }
    join(revised, { steps: [first, { id: 'a', at: 20, label: 1 }, { id: 'a', at: 22, label: 0 }] })
    join(direct, { steps: [first, { id: 'a', at: 22, label: 0 }] })
    const metrics = ({ memory }: typeof direct): Uint8Array => memory.region('metrics', 8).u8
    expect(Buffer.compare(metrics(revised), metrics(direct))).toBe(0)
  })

  it('is in time at the very end of `within`, and late right after', () => {
    const first = { id: 'a', at: 10, score: 0.25 }
    expect(outcomes([first, { id: 'a', at: 10 + WITHIN, label: 1 }])).toEqual([
      `joined a 1@${10 + WITHIN} 0.25#0`,
    ])
    expect(outcomes([first, { id: 'a', at: 11 + WITHIN, label: 1 }])).toEqual([
      'expired a -@- 0.25#0',
    ])
  })

  it('takes what the plan says otherwise as the label of a prediction that expires', () => {
    const alone = [
      { id: 'a', at: 10, score: 0.25 },
      { id: 'b', at: 11 + WITHIN, score: 0.5 },
    ]
    expect(outcomes(alone)).toEqual(['expired a -@- 0.25#0'])
    expect(outcomes(alone, 0)).toEqual(['expired a 0@- 0.25#0'])
  })

  it('revises no prediction that has expired: its label is an orphan', () => {
    const late = 11 + WITHIN
    expect(
      outcomes([
        { id: 'a', at: 10, score: 0.25 },
        { id: 'a', at: late, label: 1 },
        { id: 'b', at: late + EARLY + 1, score: 0.5 },
      ]),
    ).toEqual(['expired a -@- 0.25#0', `orphaned a 1@${late} -#-`])
  })

  it('makes an orphan of a label whose prediction does not come in time', () => {
    const label = { id: 'a', at: 10, label: 1 }
    expect(outcomes([label, { id: 'b', at: 10 + EARLY, score: 0.5 }])).toEqual([])
    expect(outcomes([label, { id: 'a', at: 11 + EARLY, score: 0.5 }])).toEqual([
      'orphaned a 1@10 -#-',
    ])
  })

  it('counts a second prediction of an id that waits, and keeps the first', () => {
    const of = openJoin(labelPlan())
    const twice = [
      { id: 'a', at: 10, score: 0.25 },
      { id: 'a', at: 11, score: 0.5 },
      { id: 'a', at: 12, label: 1 },
    ]
    expect(join(of, { steps: twice }).map(short)).toEqual(['joined a 1@12 0.25#0'])
    expect(countsOf(of)).toMatchObject({ predictions: 2, duplicatePredictions: 1, joined: 1 })
  })

  it('expires nothing while the labels are idle, and all that is due when they go on', () => {
    const of = openJoin(labelPlan())
    join(of, {
      steps: [
        { id: 'z', at: 1, label: 1 },
        { id: 'a', at: 10, score: 0.25 },
      ],
    })
    const later = { id: 'b', at: 500, score: 0.5 }
    expect(join(of, { steps: [later], labelsIdle: true })).toEqual([])
    expect(join(of, { steps: [{ id: 'b', at: 510, label: 0 }] }).map(short)).toEqual([
      'orphaned z 1@1 -#-',
      'expired a -@- 0.25#1',
      'joined b 0@510 0.5#0',
    ])
  })

  it('ends every wait at the end of all inputs', () => {
    const of = openJoin(labelPlan())
    join(of, {
      steps: [
        { id: 'a', at: 10, score: 0.25 },
        { id: 'b', at: 11, label: 1 },
      ],
    })
    expect(join(of, END)).toEqual(['orphaned b 1@11 -#- 11 11', 'expired a -@- 0.25#0 10 11'])
    expect(join(of, END)).toEqual([])
  })
})

const steps = fc
  .array(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd', 'an id that is longer than sixteen bytes'),
      gap: fc.constantFrom(0, 0, 1, 7, EARLY, EARLY + 1, WITHIN, WITHIN + 1),
      back: fc.constantFrom(0, 0, 3),
      score: fc.option(fc.constantFrom(0, 0.25, 0.5, 1), { nil: undefined }),
      label: fc.nat({ max: 1 }),
    }),
    { maxLength: 60 },
  )
  .map((rows) => {
    let at = 0
    return rows
      .map(({ id, gap, back, score, label }): JoinStep => {
        at += gap
        const when = { id, at, time: at - back }
        return score === undefined ? { ...when, label } : { ...when, score }
      })
      .sort((a, b) => a.at - b.at || Number('score' in a) - Number('score' in b))
  })

describe('the same rows in other batches', () => {
  const cases = fc.record({
    rows: steps,
    sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }),
    restarts: fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
    otherwise: fc.constantFrom(undefined, 0),
  })

  it('give the same outcomes and the same memory, also when it is restored in between', () => {
    fc.assert(
      fc.property(cases, ({ rows, sizes, restarts, otherwise }) => {
        const plan = labelPlan(otherwise)
        const whole = openJoin(plan)
        const expected = [...join(whole, { steps: rows }), ...join(whole, END)]
        let cut = openJoin(plan)
        const lines: string[] = []
        let from = 0
        for (let i = 0; from < rows.length; i++) {
          const part = rows.slice(from, from + sizes[i % sizes.length])
          lines.push(...join(cut, { steps: part, from }))
          from += part.length
          if (restarts[i % restarts.length]) cut = reopen(cut, plan)
        }
        lines.push(...join(cut, END))
        expect(lines).toEqual(expected)
        expect(cut.memory.digest()).toBe(whole.memory.digest())
      }),
      { numRuns: 300 },
    )
  })

  it('balance: each label and each prediction has one outcome, or waits for none at the end', () => {
    fc.assert(
      fc.property(cases, ({ rows, otherwise }) => {
        const of = openJoin(labelPlan(otherwise))
        join(of, { steps: rows })
        join(of, END)
        const { labels, predictions, joined, expired, orphaned, duplicate, ...rest } = countsOf(of)
        expect(joined + orphaned + duplicate + rest.revised).toBe(labels)
        expect(joined + expired + rest.duplicatePredictions).toBe(predictions)
      }),
    )
  })
})
