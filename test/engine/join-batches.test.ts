// The join over the same rows, however they are cut: properties against what the rules say.
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
  VERSION,
  waitingIn,
  WITHIN,
  type Join,
  type JoinStep,
} from './join-fixture.ts'

const END = { steps: [], progress: Infinity }

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
