import { describe, expect, it } from 'vitest'
import { explanationLines } from '../../../src/cli/terminal/explanation-text.ts'
import { progressLine, progressLines } from '../../../src/cli/terminal/run-progress.ts'
import { reportLines } from '../../../src/cli/terminal/run-report-text.ts'
import { style, widthOf } from '../../../src/cli/terminal/style.ts'
import type { Explanation } from '../../../src/contracts/explanation.ts'
import type { RunProgress, RunReport, VersionReport } from '../../../src/contracts/run-report.ts'

const DIGEST = 'd63df0299dc40b02'.repeat(4)

const LABELS = {
  judged: 2_000_000,
  joined: 1_999_990,
  expired: 8,
  orphaned: 0,
  duplicate: 0,
  revised: 0,
  repeated: 0,
  unmeasured: 0,
  pending: 2,
}

const PROGRESS: RunProgress = {
  pipeline: 'late-flights',
  events: 400_000,
  eventsDone: 100_000,
  eventsTotal: 400_000,
  eventsPerSecond: 10_000,
  elapsedSeconds: 10,
  eventTime: Date.UTC(2001, 0, 7),
  predictions: 50_000,
  labels: LABELS,
  models: [
    { name: 'late', version: DIGEST, figure: 'log loss', value: 0.4, base: 0.5, others: [] },
  ],
  deadLetters: 2,
  restarts: 0,
  quarantined: [],
  restoring: undefined,
  note: undefined,
}

const EXPLAINED: Explanation = {
  id: 'F0000001',
  pipeline: 'late-flights',
  time: Date.UTC(2001, 0, 7),
  source: { topic: 'departures', partition: 1, offset: 4711 },
  model: {
    name: 'late',
    digest: DIGEST,
    path: 'onnxruntime 1.30.0, cpu x64, bucket 64, 1 thread',
  },
  plan: '48eb5454a1b74206',
  features: Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`aFeatureWithAName${i}`, i / 7]),
  ),
  outputs: { probability: 0.25 },
  outcome: 'scored',
  receipt: { task: 0, commit: 12, row: 3 },
  labels: [{ outcome: 'joined', label: 1, labelTime: Date.UTC(2001, 0, 8) }],
  gaps: [],
}

const VERSION: VersionReport = {
  version: DIGEST,
  measure: 'probability',
  judged: 2_000_000,
  logLoss: 0.4,
  auc: 0.75,
  brier: 0.1,
  baseRateLogLoss: 0.5,
  months: ['2001-01', '2001-02', '2001-03'].map((month) => ({
    month,
    count: 700_000,
    positives: 0.2,
    logLoss: 0.4,
    auc: 0.75,
    baseRateLogLoss: 0.5,
  })),
}

const REPORT: RunReport = {
  pipeline: 'late-flights',
  events: { departures: 2_000_000, landings: 2_000_000 },
  eventsBefore: 0,
  streams: [
    {
      name: 'departures',
      records: 2_000_000,
      events: 2_000_000,
      bad: 0,
      late: 0,
      ahead: 0,
      filtered: 0,
    },
    {
      name: 'landings',
      records: 2_000_000,
      events: 1_999_990,
      bad: 7,
      late: 2,
      ahead: 1,
      filtered: 0,
    },
  ],
  derived: [],
  from: 'departures',
  rows: 2_000_000,
  rowsSetAsideBefore: 0,
  rowsSetAside: 0,
  models: 1,
  predictions: 2_000_000,
  unpredicted: 0,
  deadLetters: 8,
  labels: LABELS,
  model: { name: 'late', ...VERSION, versions: [VERSION] },
  months: VERSION.months,
  otherModels: [],
  learning: [],
  drifts: [],
  periodRowsSetAside: 0,
  recordsEmitted: 2_000_000,
  wallSeconds: 100,
  cpuSeconds: 150,
  peakMemoryBytes: 1e9,
  bytesOnDisk: 2e9,
  bytesWritten: 4e9,
  folder: '.millrace/flights',
  restarts: 0,
  quarantined: [],
  ended: true,
  explained: EXPLAINED,
}

describe('the texts of a run', () => {
  it.each([40, 60, 80, 100])('never wrap in a window of %i columns', (width) => {
    const lines = [
      ...progressLines(PROGRESS, style(true, width)),
      ...reportLines(REPORT, style(true, width)),
    ]
    expect(lines.filter((line) => widthOf(line) > width)).toEqual([])
  })

  it('lose nothing in a window of 80 columns', () => {
    const lines = [
      ...progressLines(PROGRESS, style(false, 80)),
      ...reportLines(REPORT, style(false, 80)),
    ]
    expect(lines.filter((line) => line.includes('…'))).toEqual([])
  })

  it('keep a command to try whole, however narrow the window', () => {
    const command = `npm run -s millrace -- replay F0000001 --log ${'a/long/folder/'.repeat(8)}`
    const lines = reportLines(REPORT, style(false, 60), [{ command, shows: 'again' }])
    expect(lines.map((line) => line.trim())).toContain(command)
  })
})

describe('a model of several versions', () => {
  const older = {
    ...VERSION,
    version: '0123456789abcdef'.repeat(4),
    judged: 1_234,
    logLoss: 0.4321,
  }
  const fallback = { ...VERSION, version: 'fallback', judged: 5, logLoss: 0.6 }
  const versions = [VERSION, older, fallback]
  const others = versions.slice(1).map(({ version, logLoss = 0 }) => ({ version, value: logLoss }))
  const [model] = PROGRESS.models

  it('is shown by its newest one, with the others beside it', () => {
    const report = { ...REPORT, model: { name: 'late', ...VERSION, versions } }
    const text = reportLines(report, style(false, 80)).join('\n')
    expect(text).toMatch(/judged +2,000,000 +version d63df0299dc40b02/)
    expect(text).toMatch(/0123456789abcdef +1,234 +0.750 +0.4321/)
    expect(text).toMatch(/fallback +5 /)
    const progress = { ...PROGRESS, models: [{ ...model, others }] }
    for (const lines of [progressLines(progress, style(false, 90)), [progressLine(progress)]])
      expect(lines.join('\n')).toMatch(/late \(?d63df029; before: 0.4321, fallback 0.6000/)
  })

  it('says that its newest one has no labels yet', () => {
    const newest = { ...VERSION, judged: 0, logLoss: undefined, auc: undefined }
    const report = { ...REPORT, model: { name: 'late', ...newest, versions: [newest, older] } }
    const text = reportLines(report, style(false, 80)).join('\n')
    expect(text).toContain('nobody knows yet of version d63df0299dc40b02')
    expect(text).toContain('0.4321')
  })
})

describe('a model that hung too often', () => {
  const quarantined = [{ model: 'late', digest: 'd6', hangs: 4, paused: true }]

  it('is named while the run goes on and in the report, with the command that resumes it', () => {
    for (const lines of [
      progressLines({ ...PROGRESS, quarantined }, style(false, 80)),
      reportLines({ ...REPORT, quarantined }, style(false, 80)),
      [progressLine({ ...PROGRESS, quarantined })],
    ]) {
      const text = lines.join('\n')
      expect(text).toContain('paused until millrace resume late')
      expect(text).not.toContain('…')
    }
  })
})

describe('the bar', () => {
  it('shows what came through, not what was only taken', () => {
    const [, bar] = progressLines(PROGRESS, style(false, 100))
    expect(bar).toContain('25.0 %')
    expect(bar).toContain('30 s to go')
  })
})

describe('the balance', () => {
  it('names every part of a sum that is not zero', () => {
    const lines = reportLines(REPORT, style(false, 100)).join('\n')
    expect(lines).toContain('= 1,999,990 good + 7 bad + 2 late + 1 ahead of time')
    expect(lines).toContain('= 2,000,000 predicted\n')
  })

  it('knows rows that a function failed on, with a model or without', () => {
    const failed = { ...REPORT, rows: 1_999_997, rowsSetAsideBefore: 3, rowsSetAside: 4 }
    const other = { ...failed, deadLetters: 12, labels: undefined, predictions: 1_999_997 }
    for (const models of [0, 1, 2]) {
      const predictions = models === 0 ? 0 : other.predictions
      const text = reportLines({ ...other, models, predictions }, style(false, 100)).join('\n')
      expect(text).toContain('+ 3 set aside')
      expect(text).toContain('= 7 bad events + 1 ahead of time + 4 rows set aside')
      expect(text).not.toContain(' is not ')
    }
  })

  it('says when the sides differ', () => {
    const lines = reportLines(
      { ...REPORT, predictions: 1_999_999, labels: { ...LABELS, judged: 1_999_999 } },
      style(false, 100),
    )
    expect(lines.filter((line) => line.includes(' is not '))).toHaveLength(2)
  })
})

describe('an explanation', () => {
  it('shows every feature at any width', () => {
    for (const width of [40, 80, 400]) {
      const text = explanationLines(EXPLAINED, style(false, width)).join('\n')
      for (const name of Object.keys(EXPLAINED.features)) expect(text).toContain(`${name} `)
    }
  })
})
