// `millrace evaluate`: a pipeline's learner on a file and on a log.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { generate } from '../../src/learning/generators/generator.ts'
import { sea } from '../../src/learning/generators/sea.ts'
import { askChild } from '../e2e/ask-child.ts'
import { START } from '../testing/learning-sensors.ts'
import { flat, millrace } from './millrace.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-evaluate-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
const PIPELINE = join(import.meta.dirname, 'pipelines/watching.ts')
const PAYMENTS = join(import.meta.dirname, '../../examples/payments/payments.ts')

function csv(name: string, head: string, rows: readonly (readonly (string | number)[])[]): string {
  writeFileSync(at(name), [head, ...rows.map((row) => row.join(','))].join('\n'))
  return at(name)
}

const { columns, labels } = generate(sea({ concept: 2 }), 5000)
// From row 3,000 on everything is the other way round.
labels.subarray(3000).forEach((label, i) => (labels[3000 + i] = 1 - label))
const row = (i: number): number[] => columns.map((column) => Math.round(column[i] * 1e6) / 1e6)
const sensors = csv(
  'sensors.csv',
  'heat,load,readings1h,failed',
  Array.from(labels, (label, i) => [...row(i), label]),
)
const evaluate = (...args: string[]): ReturnType<typeof millrace> =>
  millrace(['evaluate', PIPELINE, ...args])

describe('evaluate on a file', () => {
  it('shows every metric of all rows and of the newest, and the drifts', async () => {
    const { out, code } = await evaluate(
      '--on',
      sensors,
      '--label',
      'failed',
      '--plot',
      at('curve.svg'),
    )
    expect(code).toBe(0)
    expect(out).toMatch(
      /^standard-scaler\|logistic-regression: model wear on sensors\.csv\n {2}begins with a learner that knows nothing; --from newest with what a run has learnt\n {2}5,000 rows, 5,000 judged\n/,
    )
    expect(out).toMatch(
      /\n +all rows {2}newest 1,000\n {2}accuracy +0\.\d{4} +0\.\d{4}\n {2}kappa /,
    )
    expect(out).toMatch(/adwin told \d+ drifts?/)
    expect(out).toMatch(/at row 3,\d{3}: errors rose\n/)
    expect(out).toContain(`plot of accuracy in ${at('curve.svg')}`)
    const picture = readFileSync(at('curve.svg'), 'utf8')
    expect(picture).toMatch(/^<svg xmlns=/)
    expect(picture).toContain('<polyline class="curve"')
    expect(picture).toContain('<line class="worse"')
  })

  it('answers in JSON, and with labels later less is known', async () => {
    const accuracy = async (...more: string[]): Promise<number> => {
      const { out } = await evaluate(
        '--on',
        sensors,
        '--label',
        'failed',
        '--drift',
        'none',
        '--json',
        ...more,
      )
      const said = JSON.parse(out)
      expect(said).toMatchObject({
        pipeline: 'watching',
        model: 'wear',
        rows: 5000,
        judged: 5000,
        drifts: [],
      })
      return said.overall.accuracy
    }
    expect(await accuracy('--delay', '1000')).toBeLessThan((await accuracy()) - 0.005)
  })

  it('takes texts as labels, times and lateness by them, and what is missing', async () => {
    const path = csv('texts.csv', 'time,heat,load,readings1h,failed', [
      ['2026-01-05T09:00:00Z', 1, 2, 3, 'yes'],
      ['2026-01-05T09:00:10Z', 1, '', 3, 'no'],
      ['2026-01-05T09:02:00Z', 1, 2, 3, ''],
      ['2026-01-05T09:03:00Z', 1, 2, 3, 'yes'],
    ])
    const args = [
      '--on',
      path,
      '--label',
      'failed',
      '--positive',
      'yes',
      '--time',
      'time',
      '--json',
    ]
    const late = JSON.parse((await evaluate(...args, '--delay', '2m')).out)
    expect(late).toMatchObject({ rows: 4, judged: 3, unlabelled: 1, unlearnt: 1 })
    expect(JSON.parse((await evaluate(...args, '--delay', '1h')).out)).toMatchObject({
      unlearnt: 3,
    })
  })

  it('says what is wrong with the file, the options or the pipeline', async () => {
    const texts = csv('wrong.csv', 'heat,load,readings1h,label', [[1, 'high', 3, 1]])
    const classes = csv('classes.csv', 'heat,load,readings1h,label', [[1, 2, 3, 'yes']])
    const cases: readonly (readonly [string, string[]])[] = [
      ['found none for label in', ['--on', sensors]],
      ["in column 'load' of row 1", ['--on', texts]],
      ['--positive to say which text is class 1', ['--on', classes]],
      ['expected --time with the column', ['--on', sensors, '--label', 'failed', '--delay', '7d']],
      [
        'expected --delay such as 7d',
        ['--on', sensors, '--label', 'failed', '--delay', '7', '--time', 'heat'],
      ],
      ['found --figure mae; take one of these', ['--on', sensors, '--figure', 'mae']],
      ['found wear (learner), and --model other', ['--on', sensors, '--model', 'other']],
      ['found fraud (function)', ['other pipeline']],
    ]
    for (const [text, args] of cases) {
      const call =
        args[0] === 'other pipeline'
          ? ['evaluate', PAYMENTS, '--on', sensors]
          : ['evaluate', PIPELINE, ...args]
      const { err, code } = await millrace(call)
      expect(flat(err)).toContain(text)
      expect(code).toBe(2)
    }
    expect((await evaluate('--on', sensors, '--plot', at('curve.png'))).err).toContain(
      'must end in .svg',
    )
    expect((await evaluate('--on', at('nowhere.csv'))).code).toBe(1)
  })
})

describe('evaluate on a log', () => {
  it('takes the events of its topics, and labels when they came', async () => {
    const log = at('log')
    const readings = Array.from({ length: 200 }, (_, i) =>
      JSON.stringify({
        id: `r${i}`,
        machine: `m${i % 6}`,
        at: START + i * 20_000,
        heat: (i * 37) % 101,
        load: ((i * 13) % 17) / 8,
      }),
    )
    const checks = Array.from({ length: 100 }, (_, i) =>
      JSON.stringify({
        reading: `r${2 * i}`,
        at: START + i * 40_000 + 130_000,
        failed: (2 * i * 37) % 101 > 55,
      }),
    )
    await millrace(
      ['topics', 'write', 'readings', '--key', 'machine', '--time', 'at', '--end', '--log', log],
      readings,
    )
    await millrace(
      ['topics', 'write', 'checks', '--key', 'reading', '--time', 'at', '--end', '--log', log],
      checks,
    )
    const said = async (
      ...more: string[]
    ): Promise<Record<string, number> & { overall: Record<string, number> }> =>
      JSON.parse((await evaluate('--log', log, '--json', '--plot', at('log.svg'), ...more)).out)
    const asTheyCame = await said()
    // Every other reading is checked 130 s later; the others expire after an hour, as no failure.
    expect(asTheyCame).toMatchObject({
      rows: 200,
      judged: 200,
      unlabelled: 0,
      features: ['heat', 'load', 'readings1h'],
    })
    expect(asTheyCame['unlearnt']).toBeGreaterThan(80)
    const atOnce = await said('--delay', '1ms')
    expect(atOnce['unlearnt']).toBe(1)
    expect(atOnce.overall['logLoss']).not.toBe(asTheyCame.overall['logLoss'])
    const { err } = await evaluate('--log', log, '--delay', '5')
    expect(flat(err)).toContain('expected --delay as a time')
  })
  it(
    'begins with what the run of the log has learnt, on other rows alone',
    { timeout: 120_000 },
    async () => {
      const log = at('log')
      const on = ['--on', sensors, '--label', 'failed', '--drift', 'none', '--log', log]
      const none = await evaluate(...on, '--from', 'newest')
      expect(flat(none.err)).toContain("model 'wear' must have learnt something; found no snapshot")
      expect(none.code).toBe(2)
      await askChild({ kind: 'run', file: PIPELINE, log, untilEnd: true, workers: 1 })
      const of = async (
        ...more: string[]
      ): Promise<{ from?: unknown; judged: number; overall: { logLoss: number } }> =>
        JSON.parse((await evaluate(...on, '--json', ...more)).out)
      const fresh = await of()
      const learnt = await of('--from', 'newest')
      expect(fresh.from).toBeUndefined()
      expect(learnt.from).toEqual({ snapshot: expect.any(Number), examples: 200 })
      expect(learnt.judged).toBe(5000)
      expect(learnt.overall.logLoss).not.toBe(fresh.overall.logLoss)
      const { out } = await evaluate(...on, '--from', 'newest')
      expect(out).toMatch(/begins with snapshot \d+, which has learnt 200 examples of /)
      for (const [args, text] of [
        [['--log', log, '--from', 'newest'], 'expected --on with a file of others'],
        [[...on, '--from', '999'], "--from must be one of model 'wear', whose newest is"],
        [[...on, '--from', 'oldest'], 'It must be a whole number'],
      ] as const)
        expect(flat((await evaluate(...args)).err)).toContain(text)
    },
  )
})
