// Which source a place in the built package comes from.
import { join } from 'node:path'
import { SourceMap } from 'node:module'
import { pathToFileURL } from 'node:url'
import { bundle } from '../../scripts/build/bundle.ts'
import { ROOT } from '../run/built.ts'
import type { Frame } from './attribute.ts'

/** The file that a frame's function was written in: of the sources, where the frame lies in the package. */
export type OriginOf = (frame: Frame) => string

/** Bundles the sources as the build does, for the maps alone: equal sources give equal files. */
export async function origins(): Promise<OriginOf> {
  const maps = new Map<string, SourceMap>()
  for (const { fileName, map } of await bundle()) {
    if (map === null) continue
    const { file, mappings, names, sources, version } = map
    const payload = { file: file ?? fileName, mappings, names, sources, version }
    maps.set(
      pathToFileURL(join(ROOT, 'dist', fileName)).href,
      new SourceMap({ ...payload, sourcesContent: [], sourceRoot: '' }),
    )
  }
  return ({ url, lineNumber, columnNumber }) => {
    const found = maps.get(url)?.findEntry(lineNumber, columnNumber)
    return found !== undefined && 'originalSource' in found ? found.originalSource : url
  }
}
