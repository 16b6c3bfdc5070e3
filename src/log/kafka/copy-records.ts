// Records that are the log's own: the caller may reuse its buffers while they wait to be written.
import type { Records } from '../../base/records.ts'

export function copyRecords(records: Records): Records {
  const { count, times, headerEnds, keyEnds, valueEnds } = records
  return {
    count,
    times: times.slice(0, count),
    keyEnds: based(keyEnds, count),
    keys: copied(records.keys, keyEnds[0], keyEnds[count]),
    valueEnds: based(valueEnds, count),
    values: copied(records.values, valueEnds[0], valueEnds[count]),
    headerEnds: based(headerEnds, count),
    headers: copied(records.headers, headerEnds[0], headerEnds[count]),
  }
}

/** `slice` of a Buffer is no copy. */
function copied(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return new Uint8Array(bytes.subarray(from, to))
}

function based(ends: Uint32Array, count: number): Uint32Array {
  const copy = ends.slice(0, count + 1)
  const base = copy[0]
  if (base !== 0) for (let i = 0; i < copy.length; i++) copy[i] -= base
  return copy
}
