// Which tile a time lies in: tile k of width w is (k w - w, k w], aligned to the epoch, closed on the right as windows are.

/** Exact for whole milliseconds and widths; consistent with comparing a time with k w for every finite time. */
export function tileOf(time: number, widthMs: number): number {
  const tile = Math.ceil(time / widthMs)
  if (tile * widthMs < time) return tile + 1
  return (tile - 1) * widthMs >= time ? tile - 1 : tile
}
