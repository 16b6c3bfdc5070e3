// The measures of `npm run bench`, in the order in which they run and stand in the table.
import { decode } from '../measures/decode.ts'
import { flights } from '../measures/flights.ts'
import { fraudWindows } from '../measures/fraud-windows.ts'
import { growth } from '../measures/growth.ts'
import { latency } from '../measures/latency.ts'
import { state } from '../measures/state.ts'
import { trees } from '../measures/trees.ts'
import { where } from '../measures/where.ts'
import type { Measure } from './measure.ts'

export const MEASURES: ReadonlyMap<string, Measure> = new Map([
  ['decode', decode],
  ['trees', trees],
  ['fraud-windows', fraudWindows],
  ['where', where],
  ['latency', latency],
  ['flights', flights],
  ['growth', growth],
  ['state', state],
])
