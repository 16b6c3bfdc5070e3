import { describe, expect, it } from 'vitest'
import { advance, events, lines, simulate } from '../../src/testing/index.ts'
import { failures, readings, watching } from './sensors.ts'

const NOON = Date.UTC(2026, 0, 5, 12)

const GIVEN = [
  events(readings, [
    { id: 'r1', machine: 'press', at: NOON, heat: 20 },
    { id: 'r2', machine: 'saw', at: NOON + 1000, heat: 50 },
    { id: 'r3', machine: 'press', at: NOON + 60_000, heat: 40 },
    { id: 'r4', machine: 'press', at: NOON + 600_000, heat: 10 },
  ]),
  lines(readings, ['{"id":"r5","machine":"saw"}']),
  events(readings, [{ id: 'r6', machine: 'press', at: NOON, heat: 1 }]),
  events(failures, [{ reading: 'r3', at: NOON + 120_000 }]),
]

describe('a simulated pipeline', () => {
  it('says what came out of the events it was given', async () => {
    const { topics, predictions, examples, deadLetters, counts } = await simulate(watching, GIVEN)
    expect(topics.risks).toEqual([
      { key: 'press', time: NOON, value: { id: 'r1', risk: 0.1 } },
      { key: 'saw', time: NOON + 1000, value: { id: 'r2', risk: 0.1 } },
      { key: 'press', time: NOON + 60_000, value: { id: 'r3', risk: 0.9 } },
      { key: 'press', time: NOON + 600_000, value: { id: 'r4', risk: 0.1 } },
    ])
    expect(topics.alarms).toHaveLength(1)
    expect(topics['readings.late']).toEqual([
      { key: 'press', time: 0, value: { id: 'r6', machine: 'press', at: NOON, heat: 1 } },
    ])
    expect(predictions.wear[2]).toEqual({
      id: 'r3',
      time: NOON + 60_000,
      origin: 'readings/0/2',
      features: { heat: 40, mean5m: 30 },
      output: { risk: 0.9 },
    })
    expect(examples.wear.map(({ outcome, id, label }) => [outcome, id, label])).toEqual([
      ['joined', 'r3', 1],
      ['expired', 'r1', 0],
      ['expired', 'r2', 0],
      ['expired', 'r4', 0],
    ])
    expect(deadLetters).toEqual([
      {
        stream: 'readings',
        stage: '',
        origin: 'readings/0/4',
        value: '{"id":"r5","machine":"saw"}',
        reason: expect.stringContaining('at'),
      },
    ])
    expect(counts['source.readings.records']).toBe(6)
  })

  it('comes to the same under faults, on several partitions', async () => {
    const { topics } = await simulate(watching, GIVEN, { partitions: 3, faults: 20 })
    expect(topics.risks).toHaveLength(4)
  })

  it('leaves the streams open for a time when asked to', async () => {
    const { topics, examples } = await simulate(watching, GIVEN, { until: '10m' })
    expect(topics.risks).toHaveLength(4)
    expect(examples.wear.map(({ outcome }) => outcome)).toEqual(['joined'])
  })

  it('writes events at the virtual time that is given', async () => {
    const late = events(readings, [{ id: 'r7', machine: 'saw', at: NOON + 700_000, heat: 2 }])
    const early = await simulate(watching, [...GIVEN, advance('2h'), late], { until: '1s' })
    expect(early.topics.risks).toHaveLength(5)
  })

  it('refuses events of a stream that is none of the pipeline', async () => {
    const { readings: _, ...rest } = { readings, other: { ...readings, name: 'others' as const } }
    await expect(simulate(watching, [lines(rest.other, ['{}'])])).rejects.toThrow(
      "events must be of a stream of the pipeline; found 'others'; it has readings, failures",
    )
  })

  it('refuses faults in a run that does not come to its end', async () => {
    await expect(simulate(watching, GIVEN, { faults: 1, until: '1m' })).rejects.toThrow(
      'runs with faults must come to their end to be compared',
    )
  })
})
