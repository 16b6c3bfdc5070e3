// While a user's function runs, the clock and unseeded randomness are closed: a value from them could not be replayed.
import { EventError } from '../base/errors.ts'

/** What a function of a definition must not read; opened and closed around loops of calls. */
export interface Guard {
  enter(): void
  leave(): void
}

export const OPEN: Guard = { enter: () => {}, leave: () => {} }

const ZONED = /(?:Z|[+-]\d\d:?\d\d|GMT|UTC)\s*(?:\([^)]*\))?$/i
const DATE_ONLY = /^\d{4}(?:-\d\d(?:-\d\d)?)?$/

let installed: Guard | undefined

/** Puts watchers in the place of `Date` and `Math.random`, once a process. Outside of `enter` and `leave` nothing changes. */
export function installGuard(): Guard {
  if (installed !== undefined) return installed
  let inside = 0
  const random = Math.random
  const Native = Date
  Math.random = () => {
    if (inside > 0) refuse('Math.random()', 'derive what you need from the event')
    return random()
  }
  const checked = (count: number, first: unknown): void => {
    if (inside === 0) return
    if (count === 0) refuse('new Date() without arguments', "use the event's own time")
    if (count > 1) refuse('new Date(year, month, ...), a local time', 'use Date.UTC(...)')
    if (typeof first !== 'string' || first.endsWith('Z')) return
    if (!DATE_ONLY.test(first) && !ZONED.test(first))
      refuse('a time without a zone', 'end it with Z or an offset')
  }
  // A function and no proxy: a proxy's traps get a list of the arguments, made anew each time, and cannot be inlined.
  function watched(...args: readonly [string | number | Date]): unknown {
    if (new.target === undefined) {
      if (inside > 0) refuse('Date()', "use the event's own time")
      return Native()
    }
    checked(args.length, args[0])
    if (new.target === watched && args.length === 1) return new Native(args[0])
    return Reflect.construct(Native, args, new.target === watched ? Native : new.target)
  }
  const { now, parse, ...others } = Object.getOwnPropertyDescriptors(Native)
  const watchedNow = (): number => {
    if (inside > 0) refuse('Date.now()', "use the event's own time")
    return Native.now()
  }
  const watchedParse = (text: string): number => {
    checked(1, text)
    return Native.parse(text)
  }
  Object.defineProperties(watched, {
    ...others,
    now: { ...now, value: watchedNow },
    parse: { ...parse, value: watchedParse },
  })
  Reflect.set(globalThis, 'Date', watched)
  installed = {
    enter: () => {
      inside++
    },
    leave: () => {
      inside--
    },
  }
  return installed
}

/** Makes one call with the clock and randomness closed; where no watchers are put, it takes its own away again. */
export function guarded<Result>(call: () => Result): Result {
  const before = { date: globalThis.Date, random: Math.random, installed }
  const guard = installGuard()
  guard.enter()
  try {
    return call()
  } finally {
    guard.leave()
    if (before.installed === undefined) {
      globalThis.Date = before.date
      Math.random = before.random
      installed = undefined
    }
  }
}

function refuse(what: string, instead: string): never {
  throw new EventError(
    `a function of the definition must give the same value each time it is run; found ${what}; ${instead}`,
    {
      code: 'ML_USER_FUNCTION',
    },
  )
}
