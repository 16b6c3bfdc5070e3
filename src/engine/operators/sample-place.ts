// A sample of equal chances out of rows whose number is not known before, without anything to remember but how many there were.

/**
 * The place that a row takes in a sample of `size` (reservoir sampling: Vitter, "Random sampling with a reservoir", algorithm R, 1985), with
 * the finaliser of MurmurHash3 (Appleby) of the row's number as the chance, so that the same rows are kept in every run.
 * @param row from 0. @returns -1 where it is not kept.
 */
export function placeOf(row: number, size: number): number {
  if (row < size) return row
  const place = Math.floor((mixed(row) / 0x1_0000_0000) * (row + 1))
  return place < size ? place : -1
}

function mixed(row: number): number {
  let hash = (row ^ Math.floor(row / 0x1_0000_0000)) | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
