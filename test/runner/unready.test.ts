// When a run is ready: what it says of workers and tasks that do not work yet.
import { describe, expect, it } from 'vitest'
import { unreadyReasons, type ReadinessParts } from '../../src/runner/edge/unready.ts'

/** One stage of three tasks: two at worker 0, one at another supervisor. */
function told(of: Partial<ReadinessParts>): string[] {
  return unreadyReasons({
    tasks: [0, 1, 2].map((number) => ({ spec: { pipeline: 'p', stage: 's', number, plan: '' } })),
    reports: [undefined],
    workerOf: (task) => (task < 2 ? 0 : undefined),
    noRoom: () => false,
    ...of,
  })
}

const open = (index: number, paused?: string) => ({ index, paused })

describe('a run', () => {
  it('is not ready before its worker has told anything', () => {
    expect(told({})).toEqual(['worker 0 is being started'])
    expect(told({ noRoom: () => true })).toEqual(["worker 0 waits for room on the log's device"])
  })

  it('is not ready while its worker has not opened all of its tasks', () => {
    expect(told({ reports: [{ tasks: [] }] })).toEqual([
      's/0 is being opened',
      's/1 is being opened',
    ])
    expect(told({ reports: [{ tasks: [open(1)] }] })).toEqual(['s/0 is being opened'])
  })

  it('is ready with all its tasks open, wherever those of others are', () => {
    expect(told({ reports: [{ tasks: [open(0), open(1)] }] })).toEqual([])
  })

  it('is not ready while a task is paused', () => {
    expect(told({ reports: [{ tasks: [open(0), open(1, 'no answer')] }] })).toEqual([
      's/1 is paused: no answer',
    ])
  })

  it('is ready when what its worker still names has gone to another', () => {
    const reports = [{ tasks: [open(0), open(1), open(2, 'no answer')] }]
    expect(told({ reports })).toEqual([])
  })
})
