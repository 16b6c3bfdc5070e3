// A read that gave nothing.
import type { Records } from '../contracts/log.ts'

const NO_ENDS = new Uint32Array(1)
const NO_BYTES = new Uint8Array(0)

export const NO_RECORDS: Records = {
  count: 0,
  times: new Float64Array(0),
  keyEnds: NO_ENDS,
  keys: NO_BYTES,
  valueEnds: NO_ENDS,
  values: NO_BYTES,
  headerEnds: NO_ENDS,
  headers: NO_BYTES,
}
