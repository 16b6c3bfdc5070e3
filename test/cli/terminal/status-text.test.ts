import { describe, expect, it } from 'vitest'
import { Rates } from '../../../src/cli/rates.ts'
import { statusLine, statusLines } from '../../../src/cli/terminal/status-text.ts'
import { style, widthOf } from '../../../src/cli/terminal/style.ts'
import { topicLines } from '../../../src/cli/terminal/topic-text.ts'
import type { StatusReport, TaskReport } from '../../../src/contracts/status.ts'

const TEN = Date.UTC(2026, 0, 5, 10)

function taskOf(stage: string, task: number, more: Partial<TaskReport> = {}): TaskReport {
  return {
    stage,
    task,
    kind: stage.startsWith('source') ? 'source' : 'stage',
    counts: {},
    rows: 100,
    commits: 3,
    committedAt: TEN - 4000,
    progress: TEN + task * 1000,
    ended: false,
    stateBytes: 2000,
    lag: 0,
    lagSeconds: 0,
    waitsFor: undefined,
    member: undefined,
    restoring: undefined,
    copies: [],
    paused: undefined,
    ...more,
  }
}

function reportOf(tasks: readonly TaskReport[], more: Partial<StatusReport> = {}): StatusReport {
  return {
    pipeline: 'scoring',
    plan: '0123456789abcdef0123',
    at: TEN,
    inUse: true,
    tasks,
    events: 200,
    predictions: 190,
    labels: {
      fraud: {
        judged: 190,
        joined: 10,
        expired: 0,
        orphaned: 1,
        duplicate: 0,
        revised: 0,
        repeated: 0,
        unmeasured: 0,
        pending: 180,
      },
    },
    deadLetters: 1,
    sets: [],
    models: {},
    learning: [],
    drifts: [],
    quarantined: [],
    gaps: [],
    members: undefined,
    rebalances: undefined,
    openTransactions: undefined,
    ...more,
  }
}

const WAITING = reportOf([
  taskOf('source.payments', 0),
  taskOf('source.payments', 1),
  taskOf('by-card', 0, {
    lag: 7,
    lagSeconds: 125.4,
    waitsFor: {
      topic: '_scoring.stage.by-card.rows',
      partition: 2,
      writer: { stage: 'source.payments', task: 1 },
    },
  }),
  taskOf('by-card', 1, { paused: "model 'm' is quarantined; millrace resume m" }),
])

describe('the status of a pipeline', () => {
  it('says what models have learnt, and what drifted last', () => {
    const report = reportOf([taskOf('by-card', 0)], {
      learning: [
        {
          model: 'guess',
          learnt: 1200,
          refused: 3,
          badLabel: 3,
          badFeature: 0,
          unknownFeatures: 0,
          snapshots: 12,
          snapshotBytes: 9e3,
          newest: {
            from: TEN,
            bytes: 512,
          },
        },
      ],
      drifts: [
        { model: 'guess', count: 0, newest: [] },
        {
          model: 'fraud',
          count: 2,
          newest: [
            {
              model: 'fraud',
              of: 'error',
              detector: 'adwin',
              direction: 'up',
              seen: 900,
              at: '2026-01-05T09:10:00.000Z',
              before: 0.18,
              after: 0.29,
            },
          ],
        },
      ],
    })
    const lines = statusLines({ report }, style(false, 100))
    expect(lines).toContain(
      'model guess: 1,200 learnt, 3 refused; snapshot 12 predicts from 2026-01-05 10:00, 512 bytes',
    )
    expect(lines).toContain('model guess: no drift')
    expect(lines).toContain(
      'model fraud: 2 drifts; 2026-01-05T09:10: error up, 0.1800 to 0.2900 (adwin)',
    )
  })

  it('says how many keys each feature set has, and what became of others', () => {
    const card = {
      stage: 'by-card',
      set: 'card',
      keys: 1000,
      keysMax: 1000,
      expired: 20,
      evicted: 3,
    }
    const shop = { ...card, set: 'shop', keys: 7, keysMax: undefined, expired: 0, evicted: 0 }
    const lines = statusLines({ report: reportOf([], { sets: [card, shop] }) }, style(false, 80))
    expect(lines).toContain('keys of card: 1,000 of at most 1,000, 20 expired, 3 evicted (by-card)')
    expect(lines).toContain('keys of shop: 7 (by-card)')
  })

  it('says by words what a task waits for and why it is paused, below a table of 80 columns', () => {
    const lines = statusLines({ report: WAITING }, style(false, 80))
    expect(lines).toMatchInlineSnapshot(`
      [
        "scoring, plan 0123456789abcdef, in use by another process, 10:00:00 UTC",
        "  task               event time           rows  lag    lag time",
        "  source.payments/0  2026-01-05 10:00:00   100    0         0 s",
        "  source.payments/1  2026-01-05 10:00:01   100    0         0 s",
        "  by-card/0          2026-01-05 10:00:00   100    7  2 min 05 s",
        "  by-card/1          2026-01-05 10:00:01   100    0         0 s",
        "",
        "200 events, 190 predictions, 1 dead letter",
        "labels: 10 joined, 180 waiting, 1 orphaned",
        "the others wait for source.payments/0",
        "  by-card/0 waits for source.payments/1",
        "  by-card/1 is paused: model 'm' is quarantined; millrace resume m",
      ]
    `)
  })

  it.each([80, 200])(
    'shows how far each task is with its state in %d columns, while it lasts',
    (width) => {
      const restoring = { done: 64, total: 100, bytes: 31e6 }
      const report = reportOf([
        taskOf('by-card', 0),
        taskOf('by-card', 1, { restoring }),
        taskOf('joins', 0, { restoring: { ...restoring, done: 100 } }),
      ])
      const lines = statusLines({ report }, style(false, width))
      expect(lines.filter((line) => line.includes('gets its state back'))).toEqual([
        expect.stringMatching(
          /^ {2}by-card\/1 gets its state back {2}█+.?·+ {2}64\.0 %, 31\.0 MB$/,
        ),
        expect.stringMatching(/^ {2}joins\/0 {3}gets its state back {2}█+ 100\.0 %, 31\.0 MB$/),
      ])
      expect(lines.at(-1)).toBe('2 tasks first get their state back')
    },
  )

  it('names members with what they keep, and the oldest transaction that is open', () => {
    const member = { name: 'a', host: 'h', pid: 7, since: TEN - 60_000, workers: 2, tasks: 3 }
    const report = reportOf([taskOf('by-card', 0)], {
      members: [
        { ...member, copies: 2, copiesBehind: 40 },
        { ...member, name: 'b', copies: 0, copiesBehind: undefined },
      ],
      rebalances: 4,
      openTransactions: [
        { writer: 'scoring/by-card/0', since: TEN - 12_000 },
        { writer: 'scoring/by-card/1', since: TEN },
      ],
    })
    const lines = statusLines({ report }, style(false, 120))
    expect(lines.slice(-5, -1)).toEqual([
      'member a on h, since 09:59:00 UTC: 3 tasks, copies of 2 others (at most 40 records behind), 2 workers',
      'member b on h, since 09:59:00 UTC: 3 tasks, 2 workers',
      '4 rebalances',
      '2 transactions are open, the oldest for 12 s: scoring/by-card/0',
    ])
    const [warned, not] = [TEN, TEN - 9000].map((at) =>
      statusLines({ report: { ...report, at } }, style(true, 120)).find((line) =>
        line.includes('are open'),
      ),
    )
    expect(warned?.slice(0, 6)).not.toBe(not?.slice(0, 6))
  })

  it('names nobody that the others wait for where all that is there is done', () => {
    const tasks = [taskOf('by-card', 0), taskOf('by-card', 1)]
    const waitsFor = { topic: 't', partition: 0, writer: undefined }
    const last = (of: readonly TaskReport[]): string | undefined =>
      statusLines({ report: reportOf(of) }, style(false, 200)).at(-1)
    expect(last(tasks)).toBe('everything that is there is done')
    for (const more of [{ lag: 1 }, { waitsFor }, { paused: 'because' }])
      expect(last([tasks[0], { ...tasks[1], ...more }])).toBe('the others wait for by-card/0')
  })

  it('has it in the line of the task where the terminal is wide', () => {
    const lines = statusLines({ report: WAITING }, style(false, 200))
    expect(lines.find((line) => line.includes('by-card/0'))).toMatch(/7 .* waits for source/)
    expect(lines.filter((line) => line.includes('by-card/0'))).toHaveLength(1)
  })

  it.each([40, 80, 100, 200])(
    'never breaks a line of %d columns, in colour or without',
    (width) => {
      for (const colours of [false, true]) {
        const lines = statusLines({ report: WAITING, rate: () => 12 }, style(colours, width))
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width)
        expect(lines.join('').includes('\u001b')).toBe(colours)
      }
    },
  )

  it('goes by stage where there are many tasks, with the one that is behind', () => {
    const tasks = Array.from({ length: 30 }, (_, i) =>
      taskOf('by-card', i, i === 20 ? { progress: TEN - 60_000, lag: 5 } : {}),
    )
    const lines = statusLines({ report: reportOf(tasks) }, style(false, 80))
    expect(lines[2]).toBe('  by-card, 30 tasks  2026-01-05 09:59:00  3,000    5       0 s')
    expect(lines).toContain('the others wait for by-card/20')
  })

  it('is one line without a terminal', () => {
    expect(statusLine({ report: WAITING })).toBe(
      "2026-01-05T10:00:00Z scoring: 200 events, 190 predictions, lag 7 (2 min 05 s), 1 dead letter, by-card/1 is paused: model 'm' is quarantined; millrace resume m",
    )
  })

  it('knows rows a second from the reports of the last seconds', () => {
    const rates = new Rates()
    const at = (seconds: number, rows: number): StatusReport =>
      reportOf([taskOf('by-card', 0, { rows })], { at: TEN + seconds * 1000 })
    expect(rates.of(at(0, 0))('by-card', 0)).toBeUndefined()
    expect(rates.of(at(2, 100))('by-card', 0)).toBe(50)
    for (let s = 3; s < 20; s++) rates.of(at(s, 100))
    expect(rates.of(at(20, 100))('by-card', 0)).toBe(0)
  })
})

describe('a topic', () => {
  it('says what it is for, what it holds and keeps, and how far its readers are', () => {
    const topic = {
      name: 'payments',
      use: "source of stream 'payments'",
      internal: false,
      partitions: 1,
      retentionMs: 604_800_000,
      retentionBytes: null,
      records: 12,
      bytes: 3456,
      parts: [{ start: 3, end: 15, bytes: 3456, firstTime: TEN, lastTime: TEN + 60_000 }],
      writers: [],
      readers: [{ stage: 'source.payments', task: 0, partition: 0, position: 10, lag: 5 }],
      unknown: undefined,
    }
    expect(topicLines(topic, style(false, 80))).toMatchInlineSnapshot(`
      [
        "payments",
        "  is          source of stream 'payments'",
        "  holds       12 records, 3.46 kB",
        "  keeps       for 7 days",
        "  written by  others",
        "",
        "  partition  from  to  records     size  times",
        "          0     3  15       12  3.46 kB  2026-01-05 10:00 to 2026-01-05 10:01",
        "",
        "  read by            partition  reads next  lag",
        "  source.payments/0          0          10    5",
      ]
    `)
  })
})
