// Where the data lies: in the package vega-datasets, a development dependency of this repository.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** 3,000,000 flights of 2001, 13 MB of Parquet. */
export function flightsFile(): string {
  const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))
  return join(root, 'node_modules/vega-datasets/data/flights-3m.parquet')
}
