import { describe, expect, it } from 'vitest'
import { FALLBACK_VERSION } from '../../src/contracts/model-version.ts'
import { ModelMetrics } from '../../src/runner/model-metrics.ts'
import {
  countsOf,
  EARLY,
  join,
  labelPlan,
  openJoin,
  reopen,
  short,
  VERSION,
  waitingIn,
  WITHIN,
  type JoinStep,
} from './join-fixture.ts'

/** All of a memory but its metrics is left out. */
const notMetrics = (name: string): boolean => !name.startsWith('metrics')

const END = { steps: [], progress: Infinity }

/** What a join that sees these rows, then nothing, says in short. */
async function outcomes(steps: readonly JoinStep[], otherwise?: number): Promise<string[]> {
  return (await join(openJoin(labelPlan(otherwise)), { steps })).map(short)
}

describe('the join of labels to predictions', () => {
  it('joins a label to the prediction of its id, and to no other', async () => {
    expect(
      await outcomes([
        { id: 'a', at: 10, score: 0.25 },
        { id: 'b', at: 11, score: 0.5 },
        { id: 'a', at: 20, label: 1 },
      ]),
    ).toEqual(['joined a 1@20 0.25#0'])
  })

  it('joins a label that came before its prediction', async () => {
    const early = [
      { id: 'a', at: 10, label: 1 },
      { id: 'a', at: 10 + EARLY, score: 0.25 },
    ]
    expect(await outcomes(early)).toEqual(['joined a 1@10 0.25#1'])
  })

  it('takes the label first where both have the same time', async () => {
    const both = [
      { id: 'a', at: 10, score: 0.25 },
      { id: 'a', at: 10, label: 1 },
    ]
    expect(await outcomes(both)).toEqual(['joined a 1@10 0.25#0'])
  })

  it('revises a label that comes again with another value, and counts the same one as a duplicate', async () => {
    expect(
      await outcomes([
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

  it('takes the later one of two labels that came before their prediction', async () => {
    expect(
      await outcomes([
        { id: 'a', at: 10, label: 1 },
        { id: 'a', at: 12, label: 1 },
        { id: 'a', at: 14, label: 0 },
        { id: 'a', at: 10 + EARLY, score: 0.25 },
      ]),
    ).toEqual(['duplicate a 1@10 -#-', 'revised a 0@14 -#-', 'joined a 0@14 0.25#3'])
  })

  it('waits no longer for the prediction of an early label that was revised', async () => {
    expect(
      await outcomes([
        { id: 'a', at: 10, label: 1 },
        { id: 'a', at: 14, label: 0 },
        { id: 'b', at: 11 + EARLY, score: 0.5 },
      ]),
    ).toEqual(['revised a 0@14 -#-', 'orphaned a 0@14 -#-'])
  })

  it('measures a revised label in the place of the one before', async () => {
    const revised = openJoin(labelPlan())
    const direct = openJoin(labelPlan())
    const first = { id: 'a', at: 10, score: 0.25 }
    await join(revised, {
      steps: [first, { id: 'a', at: 20, label: 1 }, { id: 'a', at: 22, label: 0 }],
    })
    await join(direct, { steps: [first, { id: 'a', at: 22, label: 0 }] })
    expect(revised.memory.digest(notMetrics)).toBe(direct.memory.digest(notMetrics))
  })

  it('measures a label for the version that made its prediction, also when a newer one is there by then', async () => {
    const of = openJoin(labelPlan())
    await join(of, {
      steps: [
        { id: 'a', at: 10, score: 0.25, version: 1 },
        { id: 'b', at: 11, score: 0.5, version: 2 },
        { id: 'c', at: 12, score: 0.75, version: FALLBACK_VERSION },
        { id: 'b', at: 20, label: 1 },
        { id: 'c', at: 21, label: 1 },
        { id: 'a', at: 22, label: 1 },
        { id: 'a', at: 23, label: 0 },
      ],
    })
    const metrics = new ModelMetrics(of.memory)
    expect(metrics.versions).toEqual([2, FALLBACK_VERSION, 1])
    const brier = metrics.versions.map((version) => metrics.report(version).all.brier)
    expect(brier).toEqual([0.25, 0.0625, 0.0625])
  })

  it('is in time at the very end of `within`, and late right after', async () => {
    const first = { id: 'a', at: 10, score: 0.25 }
    expect(await outcomes([first, { id: 'a', at: 10 + WITHIN, label: 1 }])).toEqual([
      `joined a 1@${10 + WITHIN} 0.25#0`,
    ])
    expect(await outcomes([first, { id: 'a', at: 11 + WITHIN, label: 1 }])).toEqual([
      'expired a -@- 0.25#0',
    ])
  })

  it('takes what the plan says otherwise as the label of a prediction that expires', async () => {
    const alone = [
      { id: 'a', at: 10, score: 0.25 },
      { id: 'b', at: 11 + WITHIN, score: 0.5 },
    ]
    expect(await outcomes(alone)).toEqual(['expired a -@- 0.25#0'])
    expect(await outcomes(alone, 0)).toEqual(['expired a 0@- 0.25#0'])
  })

  it('revises no prediction that has expired: its label is an orphan', async () => {
    const late = 11 + WITHIN
    expect(
      await outcomes([
        { id: 'a', at: 10, score: 0.25 },
        { id: 'a', at: late, label: 1 },
        { id: 'b', at: late + EARLY + 1, score: 0.5 },
      ]),
    ).toEqual(['expired a -@- 0.25#0', `orphaned a 1@${late} -#-`])
  })

  it('makes an orphan of a label whose prediction does not come in time', async () => {
    const label = { id: 'a', at: 10, label: 1 }
    expect(await outcomes([label, { id: 'b', at: 10 + EARLY, score: 0.5 }])).toEqual([])
    expect(await outcomes([label, { id: 'a', at: 11 + EARLY, score: 0.5 }])).toEqual([
      'orphaned a 1@10 -#-',
    ])
  })

  it('judges the first prediction of an id, and says that a second one came', async () => {
    const of = openJoin(labelPlan())
    const twice = [
      { id: 'a', at: 10, score: 0.25 },
      { id: 'a', at: 11, score: 0.5 },
      { id: 'a', at: 12, label: 1 },
    ]
    expect((await join(of, { steps: twice })).map(short)).toEqual([
      'repeated a -@- 0.5#1',
      'joined a 1@12 0.25#0',
    ])
    expect(countsOf(of)).toMatchObject({ predictions: 2, repeated: 1, joined: 1 })
  })

  it('gives the example of a label that is neither 0 nor 1, measures nothing of it, and counts it', async () => {
    const of = openJoin(labelPlan())
    const steps = [
      { id: 'a', at: 10, score: 0.25 },
      { id: 'a', at: 11, label: 17 },
      { id: 'a', at: 12, label: 1 },
      { id: 'a', at: 13, label: 2 },
    ]
    expect((await join(of, { steps })).map(short)).toEqual([
      'joined a 17@11 0.25#0',
      'revised a 1@12 0.25#0',
      'revised a 2@13 0.25#0',
    ])
    expect(countsOf(of)).toMatchObject({ joined: 1, revised: 2, unmeasured: 2 })
    expect(new ModelMetrics(of.memory).figures(VERSION).count).toBe(0)
  })

  it('expires what is due by progress alone, as of when it was due, though no later row comes', async () => {
    const of = openJoin(labelPlan(0))
    await join(of, { steps: [{ id: 'a', at: 10, score: 0.25 }] })
    const due = 10 + WITHIN
    expect(await join(of, { steps: [], progress: due })).toEqual([])
    expect(await join(of, { steps: [], progress: due + 50, labelsIdle: true })).toEqual([])
    expect(await join(of, { steps: [], progress: due + 60 })).toEqual([
      `expired a 0@- 0.25#0 10 ${due}`,
    ])
    expect(await join(of, END)).toEqual([])
  })

  it('expires nothing while the labels are idle, and all that is due when they go on', async () => {
    const of = openJoin(labelPlan())
    await join(of, {
      steps: [
        { id: 'z', at: 1, label: 1 },
        { id: 'a', at: 10, score: 0.25 },
      ],
    })
    const later = { id: 'b', at: 500, score: 0.5 }
    expect(await join(of, { steps: [later], labelsIdle: true })).toEqual([])
    expect((await join(of, { steps: [{ id: 'b', at: 510, label: 0 }] })).map(short)).toEqual([
      'orphaned z 1@1 -#-',
      'expired a -@- 0.25#1',
      'joined b 0@510 0.5#0',
    ])
  })

  it('ends every wait at the end of all inputs', async () => {
    const of = openJoin(labelPlan())
    await join(of, {
      steps: [
        { id: 'a', at: 10, score: 0.25 },
        { id: 'b', at: 11, label: 1 },
      ],
    })
    expect(await join(of, END)).toEqual([
      `orphaned b 1@11 -#- 11 ${11 + EARLY}`,
      `expired a -@- 0.25#0 10 ${10 + WITHIN}`,
    ])
    expect(await join(of, END)).toEqual([])
  })

  it('ends many waits a part at a time, in their order, also when it is opened again in between', async () => {
    const plan = labelPlan(0)
    let of = openJoin(plan, { sealRows: 700 })
    const count = 9000
    const waiting = Array.from({ length: count }, (_, i) => ({ id: `p${i}`, at: 10, score: 0.5 }))
    await join(of, { steps: waiting })
    const lines: string[] = []
    let parts = 0
    do {
      const part = await join(of, END)
      expect(part.length).toBeGreaterThan(0)
      lines.push(...part)
      parts++
      of = reopen(of, plan)
    } while (of.body.more)
    expect(parts).toBeGreaterThan(2)
    expect(lines).toEqual(
      waiting.map(({ id }, i) => `expired ${id} 0@- 0.5#${i} 10 ${10 + WITHIN}`),
    )
    expect(await waitingIn(of)).toEqual([])
  })
})
