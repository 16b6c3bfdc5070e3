// Event time: sources, progress, idleness.
import type { PlantedBug } from './bug.ts'

export const timeBugs: readonly PlantedBug[] = [
  {
    name: 'watermark-by-maximum',
    does: 'Takes the greatest progress of all lanes for that of the task.',
    file: 'src/engine/idle-time.ts',
    text: `least = Math.min(least, bound)`,
    becomes: `least = least === Infinity ? bound : Math.max(least, bound)`,
    foundBy: [{ test: 'test/engine/idle-time.test.ts' }, { seeds: '0-49' }],
  },
  {
    name: 'late-within-lateness-dropped',
    does: 'Sets an event aside that is late by exactly the lateness.',
    file: 'src/engine/operators/source-body.ts',
    text: `time < greatest - this.#options.stream.latenessMs`,
    becomes: `time <= greatest - this.#options.stream.latenessMs`,
    foundBy: [{ seeds: '0-49' }],
  },
  {
    name: 'late-beyond-lateness-counted',
    does: 'Counts an event that is late by a millisecond more than the lateness.',
    file: 'src/engine/operators/source-body.ts',
    text: `time < greatest - this.#options.stream.latenessMs`,
    becomes: `time < greatest - this.#options.stream.latenessMs - 5000`,
    foundBy: [{ seeds: '0-49' }],
  },
  {
    name: 'bad-event-moves-time',
    does: 'Lets an event from the future move the time of its partition before it is set aside.',
    file: 'src/engine/operators/source-body.ts',
    text: `          this.#keep[row] = 0
          this.#counts.add('ahead', first)`,
    becomes: `          this.#keep[row] = 0
          greatest = Math.max(greatest, time)
          this.#counts.add('ahead', first)`,
    foundBy: [{ test: 'test/engine/source-time.test.ts' }],
  },
  {
    name: 'dead-letter-lost-where-nothing-is-good',
    does: 'Writes no dead letters where a batch has no event that is good.',
    file: 'src/engine/operators/source-body.ts',
    text: `    if (this.#deadLetters.count > 0)
      appends`,
    becomes: `    if (this.#deadLetters.count > 0 && this.#batch.rows > 0)
      appends`,
    foundBy: [{ seeds: '0-49' }],
  },
  {
    name: 'late-event-not-set-aside',
    does: 'Drops late events without a record of them.',
    file: 'src/engine/operators/source-body.ts',
    text: `    if (this.#late.count > 0)
      appends`,
    becomes: `    if (this.#late.count > 1)
      appends`,
    foundBy: [{ seeds: '0-19' }],
  },
  {
    name: 'end-not-in-memory',
    does: 'Keeps the end of a partition outside of what is committed.',
    file: 'src/engine/operators/source-body.ts',
    text: `    this.#position.setF64(ENDED, ended)`,
    becomes: `    this.#position.f64[ENDED] = ended`,
    foundBy: [{ seeds: '0-99' }],
  },
  {
    name: 'time-goes-to-the-wall-clock',
    does: 'Moves the time of a stream that is idle to the clock, not by what has passed since.',
    file: 'src/engine/idle-time.ts',
    text: `return Math.max(this.#ticked, progress + elapsed)`,
    becomes: `return Math.max(this.#ticked, Number.isNaN(this.#since) ? progress : now)`,
    foundBy: [{ test: 'test/engine/idle-time.test.ts' }],
  },
  {
    name: 'back-fill-moves-by-clock',
    does: 'Takes a lane that is only idle for one of a live stream.',
    file: 'src/engine/idle-time.ts',
    text: `this.#since = idle === 'live' ? now : NaN`,
    becomes: `this.#since = idle !== false ? now : NaN`,
    foundBy: [{ test: 'test/engine/idle-time.test.ts' }],
  },
  {
    name: 'idle-lane-ends-the-stage',
    does: 'Takes lanes that are idle for lanes that have ended.',
    file: 'src/engine/idle-time.ts',
    text: `return least === Infinity && idleOnes ? greatest : least`,
    becomes: `return least`,
    foundBy: [{ test: 'test/engine/idle-time.test.ts' }],
  },
]
