// Where the values of a row lie in the memory of its tensor: row after row, as ONNX Runtime reads them, or in tiles
// of some rows, in which the values of one column lie side by side.

export interface Layout {
  /** Rows of a tile; 1: row after row. */
  readonly lanes: number
  /** From a value to that of the next column, to that of the next row of the tile, and from a tile to the next. */
  readonly column: number
  readonly row: number
  readonly tile: number
}

export function rowAfterRow(width: number): Layout {
  return { lanes: 1, column: 1, row: 0, tile: width }
}

export function inTiles(lanes: number, width: number): Layout {
  return { lanes, column: lanes, row: 1, tile: lanes * width }
}

export function placeOf(layout: Layout, row: number, column: number): number {
  const lane = row % layout.lanes
  return ((row - lane) / layout.lanes) * layout.tile + lane * layout.row + column * layout.column
}
