// What is mutated, by area, and the tests that mutants of an area must be killed by: the cheapest first.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../test/tools.ts'

/** Files of Vitest that run in one process after the other, or seeds of the simulator, every nth of them. */
export type Step =
  | { readonly tests: readonly string[] }
  | { readonly seeds: string; readonly step?: number }

export interface Area {
  readonly name: string
  /** Below the repository. */
  readonly files: readonly string[]
  readonly steps: readonly Step[]
}

const engine = (names: string): string[] => names.split(' ').map((name) => `src/engine/${name}.ts`)
const tests = (folder: string, names: string): string[] =>
  names.split(' ').map((name) => `test/${folder}/${name}.test.ts`)

const TASKS: readonly Step[] = [
  { seeds: '0-7' },
  {
    tests: [
      ...tests('engine', 'committer merge-task last-commit idle-time source-time wait'),
      ...tests('engine', 'lane-memory source-batches find-records task-parts'),
      ...tests('engine', 'reading-tasks changed-source'),
      ...tests('engine/state', 'timers'),
    ],
  },
  { tests: tests('testing', 'periods') },
  { tests: tests('engine', 'read-ways end-of-waiting retention') },
  { seeds: '20-199', step: 20 },
]

export const areas: readonly Area[] = [
  {
    name: 'commit',
    files: engine('committer commit-record packed-record snapshot-record retention'),
    steps: TASKS,
  },
  {
    name: 'recovery',
    files: engine('recovery whole-snapshot last-record first-record read-partition'),
    // A state begins with another one's where a pipeline is changed, and with a copy where one was kept.
    steps: [...TASKS, { tests: tests('engine', 'rescale standbys') }],
  },
  {
    name: 'time',
    files: engine('idle-time merge-task source-task direct-task source-batches state/timers'),
    steps: TASKS,
  },
  {
    name: 'exchange',
    files: filesOf('src/engine/exchange'),
    steps: [
      { tests: tests('engine/exchange', 'records block merge router format utc-text') },
      { seeds: '0-7' },
      { tests: tests('engine', 'carried-fields merge-task idle-time lane-memory redaction') },
    ],
  },
  {
    name: 'embedded log',
    files: filesOf('src/log/embedded'),
    steps: [
      {
        tests: [
          ...tests('log/embedded', 'damage refusals room make-folder in-doubt format reads'),
          ...tests('contracts', 'log-history'),
        ],
      },
      { seeds: '0-11' },
      { tests: tests('log/embedded', 'crashes') },
      { tests: [...tests('contracts', 'log'), ...tests('log/backup', 'backup')] },
      { tests: tests('log/server', 'devices processes') },
    ],
  },
]

function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`)
    .sort()
}
