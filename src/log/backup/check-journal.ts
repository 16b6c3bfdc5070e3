// Checks the journal of a folder that no process owns: its chain of frames, and that each run follows the one before in its partition.
import { MillraceError } from '../../base/errors.ts'
import type { Disk } from '../../contracts/disk.ts'
import { Catalog, type Change } from '../embedded/catalog.ts'
import { restoreCatalog, type ChainMark, type Checkpoint } from '../embedded/checkpoint.ts'
import type { WholeFrame } from '../embedded/frame.ts'
import { findFrames, type FoundSegment } from '../embedded/recovery.ts'
import { decodeRun, type RunHeader } from '../embedded/run.ts'
import type { Problem } from './problem.ts'

export interface CheckedJournal {
  readonly frames: number
  readonly bytes: number
  readonly records: number
  readonly last: ChainMark
  readonly problems: readonly Problem[]
}

export function checkJournal(disk: Disk, checkpoint: Checkpoint): CheckedJournal {
  const catalog = new Catalog()
  restoreCatalog(checkpoint, catalog)
  const problems: Problem[] = []
  let frames = 0
  let bytes = 0
  let records = 0
  try {
    const { segments, last } = findFrames(disk, checkpoint)
    for (const segment of segments) {
      const content = contentOf(disk, segment)
      for (const frame of segment.frames) {
        frames++
        bytes += frame.length
        for (const { topic, count } of frame.runHeaders) if (topic > 0) records += count
        for (const problem of frameProblems(catalog, segment.name, { content, frame }))
          problems.push(problem)
      }
    }
    return { frames, bytes, records, last, problems }
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    const { file, position } = error.details
    const place = typeof position === 'number' ? { position } : {}
    const what =
      typeof position === 'number'
        ? 'expected the frame that follows the one before, found another'
        : 'expected all frames that were acknowledged, found the chain broken before the last of them'
    problems.push({ file: typeof file === 'string' ? file : 'journal', ...place, what })
    return { frames, bytes, records, last: checkpoint.copied, problems }
  }
}

function contentOf(disk: Disk, { name, frames }: FoundSegment): Buffer {
  const last = frames[frames.length - 1]
  const bytes = Buffer.allocUnsafeSlow(last.at + last.length)
  const file = disk.open(name, 'read')
  try {
    file.read(0, bytes, 0, bytes.length)
  } finally {
    file.close()
  }
  return bytes
}

function* frameProblems(
  catalog: Catalog,
  file: string,
  { content, frame }: { readonly content: Buffer; readonly frame: WholeFrame },
): Generator<Problem> {
  for (const [i, run] of frame.runHeaders.entries()) {
    const position = frame.positions[i]
    if (run.topic === 0) {
      const change = changeAt(content, position, run)
      if (change === undefined)
        yield { file, position, what: 'expected a change of the catalog, found none' }
      else catalog.apply(change)
      continue
    }
    const partition = catalog.byNumber(run.topic)?.partitions[run.partition]
    if (partition === undefined) {
      const what = `expected a run of a topic of the catalog, found one of topic ${run.topic}, partition ${run.partition}`
      yield { file, position, what }
      continue
    }
    if (partition.end !== run.base) {
      const { topic, index } = partition
      const what = `expected the record at offset ${partition.end}, found ${run.base}`
      yield {
        file,
        position,
        topic: topic.spec.name,
        partition: index,
        offset: partition.end,
        what,
      }
    }
    partition.end = run.base + run.count
  }
}

function changeAt(content: Buffer, position: number, run: RunHeader): Change | undefined {
  try {
    return JSON.parse(Buffer.from(decodeRun(content, position, run).values).toString('utf8'))
  } catch {
    return undefined
  }
}
