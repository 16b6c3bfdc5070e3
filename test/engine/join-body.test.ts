import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FALLBACK_VERSION } from '../../src/contracts/model-version.ts'
import { StateMemory } from '../../src/engine/state/memory.ts'
import { ModelMetrics } from '../../src/runner/model-metrics.ts'
import { referenceJoin, type JoinRow } from '../../src/testing/oracle-labels.ts'
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
  type Join,
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

const steps = fc
  .array(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd', 'an id that is longer than sixteen bytes'),
      gap: fc.constantFrom(0, 0, 1, 7, EARLY, EARLY + 1, WITHIN, WITHIN + 1),
      back: fc.constantFrom(0, 0, 3),
      score: fc.option(fc.constantFrom(0, 0.25, 0.5, 1), { nil: undefined }),
      version: fc.constantFrom(VERSION, 0x0123_4567_89ab, FALLBACK_VERSION),
      label: fc.nat({ max: 1 }),
    }),
    { maxLength: 60 },
  )
  .map((rows) => {
    let at = 0
    return rows
      .map(({ id, gap, back, score, version, label }): JoinStep => {
        at += gap
        const when = { id, at, time: at - back }
        return score === undefined ? { ...when, label } : { ...when, score, version }
      })
      .sort((a, b) => a.at - b.at || Number('score' in a) - Number('score' in b))
  })

describe('the same rows in other batches', () => {
  const cases = fc.record({
    rows: steps,
    sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }),
    restarts: fc.array(fc.constantFrom('none', 'after', 'before it landed'), {
      minLength: 1,
      maxLength: 8,
    }),
    otherwise: fc.constantFrom(undefined, 0),
    sealRows: fc.constantFrom(1, 2, 3, 5, 1000),
  })

  it('give the same outcomes and the same memory, also when it is restored in between', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, sizes, restarts, otherwise, sealRows }) => {
        const plan = labelPlan(otherwise)
        const whole = openJoin(plan, { sealRows })
        const expected = await join(whole, { steps: rows })
        let cut = openJoin(plan, { sealRows })
        const lines: string[] = []
        let from = 0
        for (let i = 0; from < rows.length; i++) {
          const part = rows.slice(from, from + sizes[i % sizes.length])
          const restart = restarts[i % restarts.length]
          lines.push(
            ...(await join(cut, { steps: part, from, dies: restart.startsWith('before') })),
          )
          from += part.length
          if (restart !== 'none') cut = reopen(cut, plan)
        }
        expect(await waitingIn(cut)).toEqual(await waitingIn(whole))
        lines.push(...(await join(cut, END)))
        expected.push(...(await join(whole, END)))
        expect(lines).toEqual(expected)
        // How far the log of runs is known to reach is learnt after the commit, or not.
        const digest = ({ memory }: Join): string =>
          memory.digest((name) => name === 'waiting/runs/head')
        expect(digest(cut)).toBe(digest(whole))
        expect(await waitingIn(cut)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('give the same outcomes however few rows are kept in memory, and what the rules say', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, otherwise, sealRows }) => {
        const plan = labelPlan(otherwise)
        const of = openJoin(plan, { sealRows })
        const lines = [...(await join(of, { steps: rows })), ...(await join(of, END))]
        const reference = referenceJoin(plan, rows.map(referenceRow))
        expect(lines.map(inReference)).toEqual(reference.lines)
        expect(countsOf(of)).toEqual(reference.counts)
      }),
      { numRuns: 300 },
    )
  })

  it('measure for each version what became of its own predictions', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, otherwise, sealRows }) => {
        const of = openJoin(labelPlan(otherwise), { sealRows })
        const lines = [...(await join(of, { steps: rows })), ...(await join(of, END))]
        const metrics = new ModelMetrics(of.memory)
        const expected = measured(lines, rows)
        const figures = (each: ModelMetrics): unknown =>
          [...each.versions].sort((a, b) => a - b).map((version) => [version, each.report(version)])
        expect(figures(metrics)).toEqual(figures(expected))
      }),
    )
  })

  it('balance: each label and each prediction has one outcome, or waits for none at the end', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, otherwise, sealRows }) => {
        const of = openJoin(labelPlan(otherwise), { sealRows })
        await join(of, { steps: rows })
        await join(of, END)
        const { labels, predictions, joined, expired, orphaned, duplicate, ...rest } = countsOf(of)
        expect(joined + orphaned + duplicate + rest.revised).toBe(labels)
        expect(joined + expired + rest.repeated).toBe(predictions)
      }),
    )
  })
})

/** What the outcomes say, each for the version of the prediction that it names by its row. */
function measured(lines: readonly string[], rows: readonly JoinStep[]): ModelMetrics {
  const metrics = new ModelMetrics(new StateMemory())
  const labels = new Map<number, number>()
  for (const line of lines) {
    const [, outcome, label, score, row, time] =
      /^(\w+) .* (\S+)@\S+ (\S+)#(\S+) (\S+) \S+$/.exec(line) ?? []
    if (row === '-' || label === '-' || outcome === 'duplicate') continue
    const step = rows[Number(row)]
    const version = 'score' in step ? (step.version ?? VERSION) : NaN
    const before = labels.get(Number(row))
    const own = metrics.of(version)
    if (before !== undefined) own.remove(Number(time), Number(score), before)
    own.add(Number(time), Number(score), Number(label))
    labels.set(Number(row), Number(label))
  }
  return metrics
}

function referenceRow(step: JoinStep): JoinRow {
  const { id, at, time = at } = step
  return 'label' in step
    ? { kind: 'label', id, mergeTime: at, time, label: step.label }
    : { kind: 'prediction', id, mergeTime: at, time, score: step.score }
}

/** A line of a join as the reference writes it. */
function inReference(line: string): string {
  const parts = /^(\w+) (.*) (\S+)@(\S+) (\S+)#\S+ (\S+) \S+$/.exec(line)
  if (parts === null) throw new Error(`no line of a join: ${line}`)
  const [, outcome, id, ...rest] = parts
  const [label, labelTime, score, time] = rest.map((text) => (text === '-' ? null : Number(text)))
  return JSON.stringify([outcome, id, time, label, labelTime, score])
}
