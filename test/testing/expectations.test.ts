import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { model, onnx, pipeline, topic } from '../../src/index.ts'
import {
  advance,
  crash,
  end,
  events,
  lines,
  progress,
  simulate,
  stub,
  type Simulated,
} from '../../src/testing/index.ts'
import { failures, machine, readings, watching, wear } from './sensors.ts'

const NOON = Date.UTC(2026, 0, 5, 12)

const FIRST = { id: 'r1', machine: 'press', at: NOON, heat: 20 }
const SECOND = { id: 'r2', machine: 'press', at: NOON + 60_000, heat: 40 }
const THIRD = { id: 'r3', machine: 'press', at: NOON + 120_000, heat: 30 }

const GIVEN = [
  events(readings, [FIRST, SECOND, THIRD]),
  lines(readings, ['{"id":"bad","machine":"saw"}']),
  events(failures, [{ reading: 'r2', at: NOON + 180_000 }]),
]

function dataOf({ topics, predictions, examples, deadLetters, counts }: Simulated): Simulated {
  return { topics, predictions, examples, deadLetters, counts }
}

/** The message of what a call throws. */
function messageOf(call: () => void): string {
  try {
    call()
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_ASSERTION' })
    return error instanceof Error ? error.message : ''
  }
  throw new Error('it did not throw')
}

describe('an expectation that holds', () => {
  it('names only what matters: fields, functions, patterns, times as dates', async () => {
    const run = await simulate(watching, GIVEN)
    run.expectTopic('risks', [{ risk: 0.1 }, { id: 'r2', risk: (risk: number) => risk > 0.5 }, {}])
    run.expectTopic(topic('alarms'), [{}])
    run.expectPredictions(wear, [
      { id: 'r1', time: new Date(NOON), features: { heat: 20 } },
      { id: /^r/, output: { risk: 0.9 } },
      { output: { risk: (risk) => risk < 0.5 } },
    ])
    run.expectExamples(wear, [
      { outcome: 'joined', id: 'r2', label: 1 },
      { outcome: 'expired', id: 'r1' },
      { outcome: 'expired', id: 'r3', label: 0 },
    ])
    run.expectDeadLetters([{ stream: 'readings', reason: /at 'at'/ }])
    run.expectFeatures(machine, 'press', { mean5m: 30 })
    run.expectFeatures(machine, 'lathe', undefined)
    expect(run.features(machine, 'press')).toEqual({ mean5m: 30 })
  })
})

describe('an expectation that does not hold', () => {
  it('says field by field what differs, and from which event it came', async () => {
    const run = await simulate(watching, GIVEN)
    const message = messageOf(() =>
      run.expectTopic('risks', [
        { id: 'r1', risk: 0.1 },
        { id: 'r2', risk: 0.5 },
        { id: 'r3', risk: 0.1 },
      ]),
    )
    expect(message).toBe(
      [
        "topic 'risks': expected 3 records, found 3",
        "  record 1 differs: { id: 'r2', risk: 0.9 }",
        '    risk: expected 0.5, found 0.9',
        `    from event 1 of 'readings': ${JSON.stringify(SECOND)}`,
      ].join('\n'),
    )
  })

  it('keeps what matches together, so that one missing record is one difference', async () => {
    const run = await simulate(watching, GIVEN)
    expect(messageOf(() => run.expectTopic('risks', [{ id: 'r1' }, { id: 'r3' }]))).toBe(
      [
        "topic 'risks': expected 2 records, found 3",
        '  record 1 was not expected',
        "    found { id: 'r2', risk: 0.9 }",
        `    from event 1 of 'readings': ${JSON.stringify(SECOND)}`,
      ].join('\n'),
    )
    const four = [{ id: 'r1' }, { id: 'r2' }, { id: 'x' }, { id: 'r3' }]
    expect(messageOf(() => run.expectTopic('risks', four))).toContain(
      "record 2 is missing\n    expected { id: 'x' }",
    )
  })

  it('says the same of predictions, examples, dead letters and features', async () => {
    const run = await simulate(watching, GIVEN)
    const predictions = [{}, { features: { heat: 41 } }, {}]
    expect(messageOf(() => run.expectPredictions(wear, predictions))).toContain(
      `features.heat: expected 41, found 40\n    from event 1 of 'readings': ${JSON.stringify(SECOND)}`,
    )
    const examples = [{ outcome: 'joined', label: 0 }, {}, {}]
    expect(messageOf(() => run.expectExamples(wear, examples))).toContain(
      `label: expected 0, found 1\n    from event 1 of 'readings'`,
    )
    expect(messageOf(() => run.expectDeadLetters([]))).toContain(
      `from event 3 of 'readings': {"id":"bad","machine":"saw"}`,
    )
    expect(messageOf(() => run.expectFeatures(machine, 'press', { mean5m: 31 }))).toBe(
      [
        "features 'machine' of key press differ",
        '  mean5m: expected 31, found 30',
        `  last changed by event 2 of 'readings': ${JSON.stringify(THIRD)}`,
      ].join('\n'),
    )
  })

  it('refuses a topic that the pipeline does not write', async () => {
    const run = await simulate(watching, GIVEN)
    expect(() => run.expectTopic('riks', [])).toThrow("found 'riks'; there are: ")
  })
})

describe('the steps of what is given', () => {
  it('happen in their order: time goes by, idle streams let time move', async () => {
    const open = await simulate(watching, [events(readings, [FIRST]), end(failures)], {
      until: '1s',
    })
    open.expectExamples(wear, [])
    const waited = await simulate(
      watching,
      [events(readings, [FIRST]), advance('2m'), events(readings, [SECOND])],
      { until: '1s' },
    )
    // What came after two minutes is as late as the clock says: event time had gone on.
    waited.expectTopic('readings.late', [])
    waited.expectTopic('risks', [{ id: 'r1' }, { id: 'r2' }])
  })

  it('a stream that says how far it is lets labels expire, though no event comes any more', async () => {
    const given = [
      events(readings, [FIRST]),
      progress(readings, NOON + 2 * 3_600_000),
      progress(failures, new Date(NOON + 2 * 3_600_000)),
    ]
    const run = await simulate(watching, given, { until: '5s' })
    run.expectExamples(wear, [{ outcome: 'expired', id: 'r1' }])
  })

  it('a crash changes nothing that comes out', async () => {
    const calm = await simulate(watching, GIVEN)
    const crashed = await simulate(watching, [GIVEN[0], crash(), ...GIVEN.slice(1), crash()])
    expect(dataOf(crashed)).toEqual(dataOf(calm))
  })

  it('refuses events behind the end of their stream, and times that are none', async () => {
    const behind = [end(readings), events(readings, [FIRST])]
    await expect(simulate(watching, behind)).rejects.toThrow('nothing may be given to a stream')
    expect(() => progress(readings, 'noon')).toThrow('progress must be a time')
  })
})

describe('a stub', () => {
  const scored = model('scored', {
    of: readings,
    input: [machine],
    runtime: onnx('there-is-no-such-file.onnx', { output: z.object({ risk: z.number() }) }),
  })
  const wired = pipeline('wired')
    .from(readings)
    .features(machine)
    .predict(scored)
    .emit(topic('risks'), ({ prediction }) => ({ risk: prediction.risk }))

  it('stands for a model whose file is not there, and sees its features', async () => {
    const models = [stub(scored, (seen: { heat: number }) => ({ risk: seen.heat / 100 }))]
    const run = await simulate(wired, [events(readings, [FIRST, SECOND])], { models })
    run.expectTopic('risks', [{ risk: 0.2 }, { risk: 0.4 }])
    run.expectPredictions(scored, [{ output: { risk: 0.2 } }, { output: { risk: 0.4 } }])
  })

  it('must stand for a model of the pipeline', async () => {
    const models = [stub(scored, () => ({ risk: 1 }))]
    await expect(simulate(watching, GIVEN, { models })).rejects.toThrow(
      "found one for 'scored'; it has wear",
    )
  })
})
