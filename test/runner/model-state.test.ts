import { describe, expect, it } from 'vitest'
import type { ControlEvent } from '../../src/runner/control.ts'
import { ModelStates } from '../../src/runner/versions/model-state.ts'

const VERSION = { pipeline: 'p', model: 'm', digest: 'd1' }
const HANG: ControlEvent = {
  kind: 'hang',
  ...VERSION,
  stage: 's',
  task: 0,
  commit: 1,
  rows: 256,
  at: 1,
}

function states(...events: readonly ControlEvent[]): ModelStates {
  const all = new ModelStates()
  for (const event of events) all.apply(event)
  return all
}

describe('what the control topic says of a version', () => {
  it('is how often it hung and since when it is quarantined', () => {
    const quarantine: ControlEvent = { kind: 'quarantine', ...VERSION, hangs: 2, at: 5 }
    expect(states(HANG, HANG, quarantine).quarantined('p')).toEqual([
      { ...VERSION, hangs: 2, quarantinedAt: 5 },
    ])
    expect(states(HANG, HANG).quarantined('p')).toEqual([])
  })

  it('begins anew when a person resumes it', () => {
    const events: ControlEvent[] = [
      HANG,
      { kind: 'quarantine', ...VERSION, hangs: 1, at: 5 },
      { kind: 'resume', ...VERSION, at: 6 },
      HANG,
    ]
    expect(states(...events).quarantined('p')).toEqual([])
    expect(states(...events).of('p', VERSION).hangs).toBe(1)
  })

  it('is its own: not that of another digest, model or pipeline', () => {
    const all = states(HANG, { kind: 'quarantine', ...VERSION, hangs: 1, at: 5 })
    expect(all.of('p', { model: 'm', digest: 'd2' }).quarantinedAt).toBeUndefined()
    expect(all.of('p', { model: 'n', digest: 'd1' }).hangs).toBe(0)
    expect(all.quarantined('q')).toEqual([])
  })
})
